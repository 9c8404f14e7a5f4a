// The network of an address. Rate limits count networks, because one host may own many IPv6 addresses.

/** An IPv4 address, or the first 64 bits of an IPv6 address: one subscriber usually has all addresses of a /64. */
export function networkPrefixOf(address: string): string {
  const mapped = address.lastIndexOf('.') > 0 ? address.slice(address.lastIndexOf(':') + 1) : null;
  if (mapped !== null) return mapped;
  const [head = '', tail = ''] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? 8 - first.length - last.length : 0;
  return [...first, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last].slice(0, 4).join(':');
}
