// The network of an address. Budgets count networks, because one subscriber owns many addresses.

const IPV4_CHARACTERS = 15;

/** `192.0.2.0/24` for an IPv4 address, also as IPv6 shows it; `2001:db8:1:200::/56` for an IPv6 address. */
export function networkPrefixOf(address: string): string {
  const lastDot = address.lastIndexOf('.');
  if (lastDot > 0) return `${address.slice(address.lastIndexOf(':') + 1, lastDot).slice(0, IPV4_CHARACTERS)}.0/24`;
  const [first, second, third, fourth] = firstGroups(address);
  return `${hex(first)}:${hex(second)}:${hex(third)}:${hex(fourth & 0xff00)}::/56`;
}

/** The provider of a network: `192.0.0.0/16` or `2001:db8::/32`. One customer may rent many networks of a provider. */
export function providerPrefixOf(network: string): string {
  const separator = network.includes('.') ? '.' : ':';
  const second = network.indexOf(separator, network.indexOf(separator) + 1);
  return separator === '.' ? `${network.slice(0, second)}.0.0/16` : `${network.slice(0, second)}::/32`;
}

/** The first four of the eight groups of an IPv6 address. Anything that is no address counts as zero. */
function firstGroups(address: string): [number, number, number, number] {
  const gap = address.indexOf('::');
  const head = (gap < 0 ? address : address.slice(0, gap)).split(':', 8).filter(Boolean);
  const tail =
    gap < 0
      ? []
      : address
          .slice(gap + 2)
          .split(':', 8)
          .filter(Boolean);
  const zeros = gap < 0 ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail].map((group) => parseInt(group, 16) & 0xffff);
  const [first = 0, second = 0, third = 0, fourth = 0] = groups;
  return [first, second, third, fourth];
}

function hex(group: number): string {
  return group.toString(16);
}
