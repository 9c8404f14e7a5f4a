// Which endpoints that a peer offers may be dialled (LINK-16, LINK-14): a peer must not choose targets in our network.

import { readIpAddress, type IpAddress } from '../kit/bounds/ip-address.js';

interface Host {
  readonly host: string;
}

/** `own`: where this device is reachable. `seen`: where devices of the peer proved themselves. */
export interface KnownHosts {
  readonly own: readonly Host[];
  readonly seen: readonly Host[];
}

/** The offered endpoints that may be dialled, in their order. */
export function dialableEndpoints<T extends Host>(offered: readonly T[], { own, seen }: KnownHosts): T[] {
  const ownAddresses = addressesOf(own);
  // Every client lists loopback. It is our network only where nothing else is.
  const isLocalOnly = ownAddresses.every(({ scope }) => scope === 'loopback');
  const near = ownAddresses.filter(({ scope }) => scope !== 'loopback' || isLocalOnly);
  const networks = new Set([...near, ...addressesOf(seen)].map(({ network }) => network));
  return offered.filter(({ host }) => {
    const address = readIpAddress(host);
    if (address === null || address.scope === 'none') return false;
    return address.scope === 'public' || networks.has(address.network);
  });
}

function addressesOf(hosts: readonly Host[]): IpAddress[] {
  return hosts.flatMap(({ host }) => readIpAddress(host) ?? []);
}
