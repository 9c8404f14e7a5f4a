// The addresses at which other computers may reach this one, from its network interfaces at the time of the call.

import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

const LOOPBACK = '127.0.0.1';

/**
 * The hosts at which a listener bound to `host` can be reached, the most useful first. Loopback is last, so that two
 * clients on one computer always find each other.
 */
export function reachableHosts(host: string, interfaces: () => NetworkInterfaceInfo[] = readInterfaces): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const outside = interfaces().filter((each) => !each.internal && !isLinkLocal(each.address));
  const v4 = outside.filter((each) => each.family === 'IPv4');
  const v6 = host === '::' ? outside.filter((each) => each.family === 'IPv6') : [];
  return [...new Set([...v4, ...v6].map((each) => each.address)), LOOPBACK];
}

/** The addresses of all network cards at the time of the call, loopback included, without zones. */
export function interfaceAddresses(): string[] {
  return readInterfaces().map(({ address }) => address);
}

function readInterfaces(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((each) => each ?? []);
}

/** fe80::/10 is valid only on one network segment, and only with the name of an interface. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}
