// The configuration of a name server: options, defaults, and a reader that reports all problems at once.

import { join } from 'node:path';
import type { ChannelsConfig } from '../channels/config.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { readChannelFlags } from './flags/channel-flags.js';
import { INVITE_CODE, readSecret } from '../runtime/process/secret-flag.js';
import type { SpaceLimits } from './space/space.js';
import { parseOrigin } from '../runtime/net/own-origins.js';
import { typedHost } from '../runtime/net/endpoint.js';
import { FlagReader, type Flags } from '../runtime/process/flag-reader.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface NameServerConfig {
  /** Listening address. `0.0.0.0` accepts connections from every network; `127.0.0.1` only from this machine. */
  readonly host: string;
  /** Listening port. 0 takes any free port. */
  readonly port: number;
  /** Directory of the database and of the server's key. Another directory makes another server. */
  readonly data: string;
  /** Required to register a new name. null: registration is open. */
  readonly inviteCode: string | null;
  /** False: the server refuses requests for the list of online users. */
  readonly listsOnlineUsers: boolean;
  /** `memory` loses users and letters when the server stops. */
  readonly store: 'sqlite' | 'memory';
  /**
   * How long the server holds a letter. Longer: recipients may be offline longer, and the disk fills further. Below 30
   * days: a letter may expire while its sender still reports it as held.
   */
  readonly heldMs: number;
  /**
   * Bytes of letters held for one user. More: the user may be offline longer, and strangers can fill more disk. Less:
   * senders keep more messages in their outbox.
   */
  readonly heldBytes: number;
  /**
   * Trust the last address in `X-Forwarded-For`. Only behind a proxy that adds it: otherwise a client can claim any
   * address.
   */
  readonly trustProxy: boolean;
  /**
   * Origins at which clients reach this server through a proxy, a port mapping or a name. Its own addresses and the
   * names of its certificate are always included.
   */
  readonly publicOrigins: readonly string[];
  /** Certificate files for HTTPS. null: plain HTTP, for a trusted network or behind a TLS proxy. */
  readonly tls: TlsPaths | null;
  /** Stop after the last session has closed. */
  readonly stopsWhenIdle: boolean;
  /**
   * Requests accepted from one network per minute. Higher: a flood costs more. Lower: users who share an address block
   * each other. 0: no limit.
   */
  readonly requestsPerMinute: number;
  /** Port of the metrics on this computer only; 0 takes any free port; null: no metrics. */
  readonly metricsPort: number | null;
  /**
   * Browsers that saw a page may then open this host by HTTPS only, for a year. Only where all of the host has HTTPS
   * for good.
   */
  readonly sendsHsts: boolean;
  /** When the server accepts nothing new. */
  readonly space: SpaceLimits;
  /** null: this server hosts no channels. */
  readonly channels: ChannelsConfig | null;
}

/** Paths of two PEM files. */
export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
}

/** Returns the frozen configuration, or all problems, each one line for the operator. */
export function readConfig(typed: Flags, env: Flags): NameServerConfig | { problems: string[] } {
  const flags = new FlagReader(typed);
  const store = flags.text('store', 'sqlite');
  if (store !== 'sqlite' && store !== 'memory')
    flags.report('store', `--store must be sqlite or memory, not "${store}".`);
  const config: NameServerConfig = {
    host: typedHost(flags.text('host', '0.0.0.0')),
    port: flags.whole('port', 12_345, { least: 0, most: 65_535 }),
    data: flags.text('data', dataDirectory(env)),
    inviteCode: readSecret(flags, env, INVITE_CODE),
    listsOnlineUsers: !flags.isSet('unlisted'),
    store: store === 'memory' ? 'memory' : 'sqlite',
    heldMs: flags.whole('holdDays', LIMITS.heldMs / DAY_MS, { least: 1, most: 365 }) * DAY_MS,
    heldBytes: flags.whole('holdBytes', LIMITS.heldBytesPerRecipient, { least: LIMITS.letterBytes * 2, most: 2 ** 40 }),
    trustProxy: flags.isSet('trustProxy'),
    publicOrigins: readPublicOrigins(flags),
    tls: readTls(flags),
    stopsWhenIdle: flags.isSet('untilEmpty'),
    requestsPerMinute: flags.whole('requestsPerMinute', LIMITS.restRequestsPerMinute, { least: 0, most: 2 ** 31 }),
    metricsPort: flags.has('metricsPort') ? flags.whole('metricsPort', 0, { least: 0, most: 65_535 }) : null,
    sendsHsts: flags.isSet('hsts'),
    space: readSpace(flags),
    channels: flags.isOff('channels') ? null : readChannelFlags(flags),
  };
  return flags.problems.length > 0 ? { problems: flags.problemLines } : Object.freeze(config);
}

const ANY_SIZE = { least: 0, most: 2 ** 50 };

function readSpace(flags: FlagReader): SpaceLimits {
  return {
    diskReserveBytes: flags.whole('diskReserve', LIMITS.diskReserveBytes, ANY_SIZE),
    databaseBytesMax: flags.whole('databaseBytes', LIMITS.databaseBytesMax, ANY_SIZE),
  };
}

function readPublicOrigins(flags: FlagReader): string[] {
  return flags.all('publicOrigin').flatMap((typed) => {
    const origin = parseOrigin(typed);
    if (origin !== null) return [origin];
    flags.report('publicOrigin', `--public-origin must be like https://kith.example, not "${typed.slice(0, 80)}".`);
    return [];
  });
}

function readTls(flags: FlagReader): TlsPaths | null {
  if (!flags.has('tlsCert') && !flags.has('tlsKey')) return null;
  return { cert: flags.text('tlsCert', ''), key: flags.text('tlsKey', '') };
}

/** The data directory when `--data` is absent. */
export function dataDirectory(env: Flags): string {
  return join(String(env['KITH_DATA'] || 'data'), 'nameserver');
}
