// Parses the configuration of a cluster [ROOM-13]: one server per line, `forward[,bind]`; `#` starts a comment.

import { canonicalHost, isWildcard } from '../kit/bounds/ip-address.js';
import { LIMITS } from '../kit/limits.js';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `forward`: where other servers send to, possibly a proxy. `bind`: where the server listens. */
export interface ServerAddresses {
  readonly forward: HostPort;
  readonly bind: HostPort;
}

/** The servers, or all problems, each with its line number. */
export function parseConfigFile(text: string): { servers: ServerAddresses[] } | { problems: string[] } {
  const problems: string[] = [];
  const servers: ServerAddresses[] = [];
  text.split(/\r\n|\r|\n/).forEach((line, at) => {
    const content = line.replace(/#.*$/, '').trim();
    if (content === '') return;
    const server = parseServer(content);
    if (typeof server === 'string') problems.push(`line ${at + 1}: ${server}`);
    else problems.push(...duplicates(servers, server).map((problem) => `line ${at + 1}: ${problem}`));
    if (typeof server !== 'string') servers.push(server);
  });
  if (servers.length === 0 && problems.length === 0)
    problems.push('line 1: there is no server. Write one host:port per line');
  if (servers.length > LIMITS.roomServersMax) problems.push(`more than ${LIMITS.roomServersMax} servers. Remove some`);
  return problems.length > 0 ? { problems } : { servers };
}

/** Equal exactly for servers of the same configuration, order and number of rooms. */
export function clusterIdentity(servers: readonly ServerAddresses[], order: string, rooms: number): string {
  const forwards = servers.map(({ forward }) => `${forward.host}:${forward.port}`);
  return `kith/rooms/1 ${order} ${rooms} ${forwards.join(' ')}`;
}

/** Parses `host:port` or `[v6]:port`; gives the problem as text if it cannot. */
export function parseAddress(text: string): HostPort | string {
  const [, v6, name, port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:,[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined) return `"${text.slice(0, 80)}" is not an address. Write host:port`;
  if (Number(port) < 1 || Number(port) > 65_535) return `the port ${port} is not between 1 and 65535`;
  if (/^[0-9.]+$/.test(host) && !isIPv4(host)) return `"${host}" is not an IP address`;
  return { host, port: Number(port) };
}

function parseServer(content: string): ServerAddresses | string {
  const [first = '', second, ...more] = content.split(',').map((part) => part.trim());
  if (more.length > 0) return 'more than two addresses. Write forward[,bind]';
  const forward = parseAddress(first);
  if (typeof forward === 'string') return forward;
  if (isWildcard(forward.host))
    return `no other server can reach ${forward.host}. Write the address of this computer, then a comma and "${first}"`;
  const bind = second === undefined ? forward : parseAddress(second);
  return typeof bind === 'string' ? bind : { forward, bind };
}

function duplicates(servers: readonly ServerAddresses[], { forward, bind }: ServerAddresses): string[] {
  const same = (a: HostPort, b: HostPort) => canonicalHost(a.host) === canonicalHost(b.host) && a.port === b.port;
  const at = servers.findIndex((each) => same(each.forward, forward) || same(each.bind, bind));
  return at < 0 ? [] : [`an address is already used by server ${at + 1}. Each server needs its own`];
}

function isIPv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255);
}
