// What a name server can be told: the options, their defaults, and one reading that reports every problem at once.

import { join } from 'node:path';
import { LIMITS } from '../protocols/kit/limits.js';

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
  readonly listed: boolean;
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
  /** Stop when the last session has left. */
  readonly untilEmpty: boolean;
  /**
   * From one address. Higher: a flood costs more; lower: many users behind one address get in each other's way. 0: no
   * bound.
   */
  readonly requestsPerMinute: number;
}

/** Flags as typed: commander's names, everything text or boolean. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** The configuration, frozen, or every problem with it, each a line for a person. */
export function readConfig(flags: Flags, env: Flags): NameServerConfig | { problems: string[] } {
  const problems: string[] = [];
  const text = (name: string, otherwise: string): string => {
    const value = flags[name] ?? otherwise;
    if (typeof value === 'string' && value !== '') return value;
    problems.push(`--${dashed(name)} needs a value.`);
    return otherwise;
  };
  const whole = (name: string, otherwise: number, range: Range): number => {
    const typed = String(flags[name] ?? otherwise);
    const value = /^\d+$/.test(typed) ? Number(typed) : NaN;
    if (value >= range.least && value <= range.most) return value;
    problems.push(`--${dashed(name)} must be a whole number from ${range.least} to ${range.most}, not "${typed}".`);
    return otherwise;
  };
  const store = text('store', 'sqlite');
  if (store !== 'sqlite' && store !== 'memory') problems.push(`--store must be sqlite or memory, not "${store}".`);
  const config: NameServerConfig = {
    host: text('host', '0.0.0.0'),
    port: whole('port', 12_345, { least: 0, most: 65_535 }),
    data: text('data', join(String(env['KITH_DATA'] || 'data'), 'nameserver')),
    inviteCode: flags['inviteCode'] === undefined ? null : text('inviteCode', ''),
    listed: flags['unlisted'] !== true,
    store: store === 'memory' ? 'memory' : 'sqlite',
    heldMs: whole('holdDays', LIMITS.heldMs / DAY_MS, { least: 1, most: 365 }) * DAY_MS,
    heldBytes: whole('holdBytes', LIMITS.heldBytesPerRecipient, { least: LIMITS.letterBytes * 2, most: 2 ** 40 }),
    trustProxy: flags['trustProxy'] === true,
    untilEmpty: flags['untilEmpty'] === true,
    requestsPerMinute: whole('requestsPerMinute', LIMITS.restRequestsPerMinute, { least: 0, most: 2 ** 31 }),
  };
  return problems.length > 0 ? { problems } : Object.freeze(config);
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
