// What a name server can be told: the options, their defaults, and one reading that reports every problem at once.

import { join } from 'node:path';
import type { ChannelsConfig } from '../channels/config.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { readChannelFlags } from './flags/channel-flags.js';
import { FlagReader, type Flags } from './flags/flag-reader.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface NameServerConfig {
  /** Where to listen. `0.0.0.0` reaches everybody this machine does; `127.0.0.1` only programs on it. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The directory of the database and the server's key. Another directory is another server. */
  readonly data: string;
  /** Asked of whoever registers a new name. null: anybody may register. */
  readonly inviteCode: string | null;
  /** False: nobody can list who is online. */
  readonly listsOnlineUsers: boolean;
  /** `memory` forgets users and letters when it stops. */
  readonly store: 'sqlite' | 'memory';
  /**
   * Longer: friends may be away for longer, and the disk fills further. Shorter: a letter may be gone while its sender
   * still believes it is held, which senders do for 30 days.
   */
  readonly heldMs: number;
  /**
   * For one user. More: longer absences, more disk that strangers can fill. Less: senders keep more in their outbox.
   */
  readonly heldBytes: number;
  /** Believe the last address in `X-Forwarded-For`. Only behind a proxy that adds it; else anybody can claim any. */
  readonly trustProxy: boolean;
  /** Speaks HTTPS with the certificate in these files. null: HTTP, behind a proxy or on a network one trusts. */
  readonly tls: TlsPaths | null;
  /** Stop when the last session has left. */
  readonly stopsWhenIdle: boolean;
  /**
   * From one address. Higher: a flood costs more; lower: many users behind one address get in each other's way. 0: no
   * bound.
   */
  readonly requestsPerMinute: number;
  /** null: this server carries no channels. */
  readonly channels: ChannelsConfig | null;
}

/** Two files in PEM. */
export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
}

/** The configuration, frozen, or every problem with it, each a line for a person. */
export function readConfig(typed: Flags, env: Flags): NameServerConfig | { problems: string[] } {
  const flags = new FlagReader(typed);
  const store = flags.text('store', 'sqlite');
  if (store !== 'sqlite' && store !== 'memory')
    flags.problems.push(`--store must be sqlite or memory, not "${store}".`);
  const config: NameServerConfig = {
    host: flags.text('host', '0.0.0.0'),
    port: flags.whole('port', 12_345, { least: 0, most: 65_535 }),
    data: flags.text('data', dataDirectory(env)),
    inviteCode: flags.has('inviteCode') ? flags.text('inviteCode', '') : null,
    listsOnlineUsers: !flags.isSet('unlisted'),
    store: store === 'memory' ? 'memory' : 'sqlite',
    heldMs: flags.whole('holdDays', LIMITS.heldMs / DAY_MS, { least: 1, most: 365 }) * DAY_MS,
    heldBytes: flags.whole('holdBytes', LIMITS.heldBytesPerRecipient, { least: LIMITS.letterBytes * 2, most: 2 ** 40 }),
    trustProxy: flags.isSet('trustProxy'),
    tls: readTls(flags),
    stopsWhenIdle: flags.isSet('untilEmpty'),
    requestsPerMinute: flags.whole('requestsPerMinute', LIMITS.restRequestsPerMinute, { least: 0, most: 2 ** 31 }),
    channels: flags.isOff('channels') ? null : readChannelFlags(flags),
  };
  return flags.problems.length > 0 ? { problems: flags.problems } : Object.freeze(config);
}

function readTls(flags: FlagReader): TlsPaths | null {
  if (!flags.has('tlsCert') && !flags.has('tlsKey')) return null;
  return { cert: flags.text('tlsCert', ''), key: flags.text('tlsKey', '') };
}

/** Where a name server keeps its data unless it is told otherwise. */
export function dataDirectory(env: Flags): string {
  return join(String(env['KITH_DATA'] || 'data'), 'nameserver');
}
