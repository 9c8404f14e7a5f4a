// Reads IP addresses from text, strictly, and tells which networks reach beyond one site. Host names are no addresses.

/** All but `public` name other computers in each network. `none`: no single computer has such an address. */
export type AddressScope = 'public' | 'private' | 'link-local' | 'loopback' | 'none';

export interface IpAddress {
  readonly scope: AddressScope;
  /** Addresses with the same network text share a site: /16 for IPv4, /48 for IPv6. */
  readonly network: string;
  /** One text for all spellings of the address. An IPv4 address inside IPv6 (RFC 4291, 2.5.5.2) is the IPv4 address. */
  readonly canonical: string;
}

const TEXT_MAX = 45;
const OCTET = '(0|[1-9][0-9]{0,2})';
const IPV4 = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;

/** Null for anything but an address in its usual form: no names, no zones, no octal or shortened numbers. */
export function readIpAddress(text: string): IpAddress | null {
  if (text.length > TEXT_MAX) return null;
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

function readIpv4(text: string): IpAddress | null {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  return octets?.every((octet) => octet < 256) ? ipv4(octets) : null;
}

function ipv4(octets: readonly number[]): IpAddress {
  const [first = 0, second = 0] = octets;
  const scope = scopeOfIpv4(first, second, octets.at(-1) ?? 0);
  return { scope, network: scope === 'loopback' ? 'loopback' : `${first}.${second}`, canonical: octets.join('.') };
}

function scopeOfIpv4(first: number, second: number, last: number): AddressScope {
  if (first === 127) return 'loopback';
  if (first === 169 && second === 254) return 'link-local';
  if (first === 0 || first >= 224 || last === 255) return 'none'; // this network, multicast, reserved, broadcast
  const isShared = first === 100 && second >= 64 && second < 128; // RFC 6598: behind a provider's NAT
  const isPrivate = first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168);
  return isPrivate || isShared ? 'private' : 'public';
}

function readIpv6(text: string): IpAddress | null {
  const groups = groupsOf(text);
  if (groups === null) return null;
  const [first = 0, second = 0, third = 0] = groups;
  const canonical = groups.map((group) => group.toString(16)).join(':');
  if (groups.every((group) => group === 0)) return { scope: 'none', network: '::', canonical };
  if (groups.slice(0, -1).every((group) => group === 0) && groups.at(-1) === 1)
    return { scope: 'loopback', network: 'loopback', canonical };
  const embedded = embeddedIpv4(groups);
  if (embedded !== null) return isMapped(groups) ? ipv4(embedded) : { ...ipv4(embedded), canonical };
  const network = [first, second, third].map((group) => group.toString(16)).join(':');
  return { scope: scopeOfIpv6(first), network, canonical };
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** One text for all spellings of a host: of an address its canonical form, of a name its lower case. */
export function canonicalHost(host: string): string {
  const address = readIpAddress(host);
  if (address !== null) return address.canonical;
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' ? '127.0.0.1' : name;
}

/** True for the addresses that name no single computer, only a place to listen at: `0.0.0.0` and `::`. */
export function isWildcard(host: string): boolean {
  return ['0.0.0.0', '0:0:0:0:0:0:0:0'].includes(canonicalHost(host));
}

/** The eight groups, null if it is no IPv6 address. The last two may be written as IPv4. */
function groupsOf(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const lastOf = (tail ?? head)?.pop();
  const end = lastOf === undefined ? [] : lastGroups(lastOf);
  if (end === null) return null;
  const before = tail === undefined ? [...(head ?? []), ...end] : (head ?? []);
  const after = tail === undefined ? [] : [...tail, ...end];
  const gap = GROUPS - before.length - after.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return null;
  const all = [...before, ...Array<string>(gap).fill('0'), ...after];
  return all.every((group) => GROUP.test(group)) ? all.map((group) => parseInt(group, 16)) : null;
}

function lastGroups(text: string): string[] | null {
  if (!text.includes('.')) return [text];
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (!octets?.every((octet) => octet < 256)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}

/** IPv4 inside IPv6: mapped and compatible (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056). */
function embeddedIpv4(groups: readonly number[]): number[] | null {
  const [first, second] = groups;
  const isZero = (from: number, to: number): boolean => groups.slice(from, to).every((group) => group === 0);
  const isMapped = isZero(0, 5) && (groups[5] === 0xffff || groups[5] === 0);
  const isTranslated = first === 0x64 && second === 0xff9b;
  const at = isMapped || isTranslated ? 6 : first === 0x2002 ? 1 : null;
  if (at === null) return null;
  return groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 0xff]);
}

function scopeOfIpv6(first: number): AddressScope {
  if (first >= 0xff00) return 'none';
  if ((first & 0xffc0) === 0xfe80 || (first & 0xffc0) === 0xfec0) return 'link-local';
  if ((first & 0xfe00) === 0xfc00) return 'private';
  return 'public';
}
