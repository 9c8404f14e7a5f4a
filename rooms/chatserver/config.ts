// Reads the flags and the configuration file of a room server and reports all problems together.

import { join } from 'node:path';
import { LIMITS } from '../../protocols/kit/limits.js';
import { clusterIdentity, parseConfigFile, type ServerAddresses } from '../../protocols/rooms/config-file.js';
import { ORDERS, type Order } from '../../protocols/rooms/order/client-release.js';
import { utf8 } from '../../protocols/kit/bytes.js';
import { primitives } from '../../runtime/crypto.js';
import { readTextFile } from '../../runtime/disk/text-file.js';

export interface ChatServerConfig {
  readonly servers: readonly ServerAddresses[];
  /** Counted from 0. */
  readonly index: number;
  /** `total`: one order everywhere, but a minority stops. `fifo`, `unordered`: lower latency, weaker order. */
  readonly order: Order;
  /** Higher: users are spread over more rooms. Lower: fewer. Must be equal on all servers. */
  readonly rooms: number;
  /** Hash of configuration, order and number of rooms. Servers with different hashes ignore each other. */
  readonly cluster: number;
  /** Directory of the durable state. Must not be shared by servers or restored from a copy. */
  readonly data: string;
  /** 32 secret bytes of the cluster. null: any process that reaches the port can pose as a server. */
  readonly key: Uint8Array | null;
  /** Higher: slow servers stay members. Lower: a crash is noticed sooner. */
  readonly suspectMs: number;
  readonly isVerbose: boolean;
  /** null: no metrics endpoint. 0: any free port. */
  readonly metricsPort: number | null;
}

/** Flags as commander gives them. */
export interface ChatServerFlags {
  readonly order?: string;
  readonly rooms?: string;
  readonly data?: string;
  readonly clusterKeyFile?: string;
  readonly suspectMs?: string;
  readonly verbose?: boolean;
  readonly metricsPort?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The servers of a configuration file, or its problems as lines for the user. */
export function readServers(path: string): { servers: ServerAddresses[] } | { problems: string[] } {
  const text = readTextFile(path, LIMITS.roomConfigBytes);
  if (text === null) return { problems: [`${path}: there is no such file. Check the path`] };
  const parsed = parseConfigFile(text);
  return 'servers' in parsed ? parsed : { problems: parsed.problems.map((problem) => `${path}, ${problem}`) };
}

export function readChatServerConfig(
  [path, index]: readonly [string, string],
  flags: ChatServerFlags,
  env: Environment,
): { config: ChatServerConfig } | { problems: string[] } {
  const read = readServers(path);
  const problems = 'problems' in read ? [...read.problems] : [];
  const servers = 'servers' in read ? read.servers : [];
  const whole = (name: string, typed: string, [least, most]: readonly [number, number]): number => {
    const value = /^\d{1,9}$/.test(typed) ? Number(typed) : NaN;
    if (value >= least && value <= most) return value;
    problems.push(`${name} must be a whole number from ${least} to ${most}, not "${typed}".`);
    return least;
  };
  const place = servers.length > 0 ? whole('The index', index, [1, servers.length]) : 1;
  const order = ORDERS.find((each) => each === (flags.order ?? 'unordered'));
  if (!order) problems.push(`-o must be one of ${ORDERS.join(', ')}, not "${flags.order}".`);
  const rooms = whole('--rooms', flags.rooms ?? String(LIMITS.roomCountMin), [
    LIMITS.roomCountMin,
    LIMITS.roomCountMax,
  ]);
  const suspectMs = whole('--suspect-ms', flags.suspectMs ?? String(LIMITS.roomSuspectMs), [200, 60_000]);
  const metrics = flags.metricsPort === undefined ? null : whole('--metrics-port', flags.metricsPort, [0, 65_535]);
  const key = keyOf(flags.clusterKeyFile, problems);
  if (problems.length > 0 || !order) return { problems };
  const cluster = hash32(clusterIdentity(servers, order, rooms));
  const data = flags.data ?? join(env['KITH_DATA'] || 'data', 'rooms', `${cluster.toString(16)}-${place}`);
  const told = { servers, index: place - 1, order, rooms, cluster, data, key, suspectMs };
  return { config: Object.freeze({ ...told, isVerbose: flags.verbose === true, metricsPort: metrics }) };
}

function keyOf(path: string | undefined, problems: string[]): Uint8Array | null {
  if (path === undefined) return null;
  const secret = readTextFile(path, LIMITS.roomKeyBytes)?.trim() ?? '';
  if (secret.length >= 16) return primitives.sha256(utf8(`kith/rooms/1\0${secret}`));
  problems.push(`${path}: the cluster key must be a file with at least 16 characters, the same on every server.`);
  return null;
}

function hash32(text: string): number {
  const hash = primitives.sha256(utf8(text));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}
