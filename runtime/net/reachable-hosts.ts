// Where other machines may find this one: the addresses of its network cards, read anew whenever asked.

import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

const LOOPBACK = '127.0.0.1';

/**
 * The hosts under which a listener bound to `host` can be reached, the most useful first. Loopback stands last, so
 * that two clients on one machine always find each other.
 */
export function reachableHosts(host: string, cards: () => NetworkInterfaceInfo[] = readCards): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const outside = cards().filter((card) => !card.internal && !isLinkLocal(card.address));
  const v4 = outside.filter((card) => card.family === 'IPv4');
  const v6 = host === '::' ? outside.filter((card) => card.family === 'IPv6') : [];
  return [...new Set([...v4, ...v6].map((card) => card.address)), LOOPBACK];
}

function readCards(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((card) => card ?? []);
}

/** fe80::/10 means something on one cable only, and not without the name of a card. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}
