// Reads the flags and the configuration file of a room server and reports all problems together.

import { join } from 'node:path';
import { LIMITS } from '../../protocols/kit/limits.js';
import { clusterIdentity, parseConfigFile, type ServerAddresses } from '../../protocols/rooms/config-file.js';
import { ORDERS, type Order } from '../../protocols/rooms/order/client-release.js';
import { utf8 } from '../../protocols/kit/bytes.js';
import { primitives } from '../../runtime/crypto.js';
import { readTextFile } from '../../runtime/disk/text-file.js';
import { FlagReader, type Parsed } from '../../runtime/process/flag-reader.js';

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
  const servers = 'servers' in read ? read.servers : [];
  const reader = new FlagReader({ ...flags, index }, { index: 'The index' });
  const place = servers.length > 0 ? reader.whole('index', 1, { least: 1, most: servers.length }) : 1;
  const order = ORDERS.find((each) => each === (flags.order ?? 'unordered'));
  if (!order) reader.report('order', `-o must be one of ${ORDERS.join(', ')}, not "${flags.order}".`);
  const rooms = reader.whole('rooms', LIMITS.roomCountMin, { least: LIMITS.roomCountMin, most: LIMITS.roomCountMax });
  const suspectMs = reader.whole('suspectMs', LIMITS.roomSuspectMs, { least: 200, most: 60_000 });
  const metricsPort = reader.has('metricsPort') ? reader.whole('metricsPort', 0, { least: 0, most: 65_535 }) : null;
  const key = reader.parsed('clusterKeyFile', readClusterKey(flags.clusterKeyFile), null);
  const problems = [...('problems' in read ? read.problems : []), ...reader.problemLines];
  if (problems.length > 0 || !order) return { problems };
  const cluster = hash32(clusterIdentity(servers, order, rooms));
  const data = flags.data ?? join(env['KITH_DATA'] || 'data', 'rooms', `${cluster.toString(16)}-${place}`);
  const told = { servers, index: place - 1, order, rooms, cluster, data, key, suspectMs };
  return { config: Object.freeze({ ...told, isVerbose: flags.verbose === true, metricsPort }) };
}

function readClusterKey(path: string | undefined): Parsed<Uint8Array | null> {
  if (path === undefined) return { value: null };
  const secret = readTextFile(path, LIMITS.roomKeyBytes)?.trim() ?? '';
  if (secret.length >= 16) return { value: primitives.sha256(utf8(`kith/rooms/1\0${secret}`)) };
  const problem = `${path}: the cluster key must be a file with at least 16 characters, the same on every server.`;
  return { problem };
}

function hash32(text: string): number {
  const hash = primitives.sha256(utf8(text));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}
