// The configuration of a client: its type, the defaults, and a reader that reports all problems of the flags at once.

import { join } from 'node:path';
import { LIMITS } from '../protocols/kit/limits.js';
import { MIB } from '../protocols/kit/limits/units.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal, refusalText } from '../protocols/kit/refusals.js';
import { typedHost } from '../runtime/net/endpoint.js';
import { FlagReader, type FlagProblem, type Parsed } from '../runtime/process/flag-reader.js';
import { INVITE_CODE, readSecret } from '../runtime/process/secret-flag.js';

export interface ClientConfig {
  /**
   * Origin of the name server, like `http://127.0.0.1:12345`. With plain http, the network can see who uses the server;
   * https needs a certificate.
   */
  readonly server: string;
  readonly user: string;
  /** The directory of this user. Two clients never share one. */
  readonly data: string;
  /** The address to listen on for friends. A narrower one: fewer friends reach us directly. `0.0.0.0`: all can try. */
  readonly host: string;
  /** For TCP and UDP; 0 takes a free one. A fixed port can be opened in a firewall, but may be in use already. */
  readonly port: number;
  readonly json: boolean;
  readonly plain: boolean;
  /** Lines of `-c`. */
  readonly lines: readonly string[];
  readonly inviteCode: string | null;
  /**
   * How long we try to connect to a friend before we leave a letter at the server. Higher: letters for offline friends
   * leave later. Lower: friends on slow lines get letters although a direct link was possible.
   */
  readonly linkWaitMs: number;
  /** Whether friends are told that you have read their messages. */
  readonly readReceipts: boolean;
  /**
   * How long the leader of a group may be silent before the members elect another. Higher: a leader that is gone is
   * replaced later. Lower: a leader on a slow line is replaced without need.
   */
  readonly groupSilenceMs: number;
  /**
   * What one friend may make this client store in a day; `Infinity`: no limit. Higher: one friend can fill more of the
   * disk. Lower: what a busy friend sends comes a day later.
   */
  readonly friendBytesPerDay: number;
}

/** Flags as they were typed. */
export interface ClientFlags {
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly data?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly json?: boolean | undefined;
  readonly plain?: boolean | undefined;
  readonly command?: readonly string[] | undefined;
  readonly inviteCode?: string | undefined;
  readonly inviteCodeFile?: string | undefined;
  readonly linkWait?: string | undefined;
  readonly readReceipts?: boolean | undefined;
  readonly groupSilence?: string | undefined;
  readonly friendMibPerDay?: string | undefined;
}

/** A wrong `address` has its own exit code (docs/contract.md). */
export type ConfigOutcome = { config: ClientConfig } | { problems: readonly FlagProblem[] };

/** The frozen configuration, or all problems. Without --data, `KITH_DATA` replaces `data` as the parent directory. */
export function readConfig(flags: ClientFlags, env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const reader = new FlagReader({ ...flags });
  const user = reader.parsed('user', readUser(flags.user), '');
  const config: ClientConfig = {
    server: reader.parsed('address', readAddress(flags.address), ''),
    user,
    data: reader.text('data', join(env['KITH_DATA'] || 'data', user)),
    host: typedHost(reader.text('host', '0.0.0.0')),
    port: reader.whole('port', 0, { least: 0, most: 65_535 }),
    json: flags.json ?? false,
    plain: flags.plain ?? false,
    lines: Object.freeze([...(flags.command ?? [])]),
    inviteCode: readSecret(reader, env, INVITE_CODE),
    linkWaitMs: reader.whole('linkWait', LIMITS.linkDialMs / 1_000, { least: 0, most: 3_600 }) * 1_000,
    readReceipts: flags.readReceipts ?? true,
    groupSilenceMs: reader.whole('groupSilence', LIMITS.groupSilenceMs / 1_000, { least: 1, most: 86_400 }) * 1_000,
    friendBytesPerDay: readFriendBytes(reader),
  };
  const { problems } = reader;
  return problems.length > 0 ? { problems } : { config: Object.freeze(config) };
}

/** 0: no limit. */
function readFriendBytes(reader: FlagReader): number {
  const mib = reader.whole('friendMibPerDay', LIMITS.friendBytesPerDay / MIB, { least: 0, most: 1_000_000 });
  return mib === 0 ? Infinity : mib * MIB;
}

function readUser(typed: string | undefined): Parsed<string> {
  if (typed === undefined) return { problem: 'Your name is missing. Add --user NAME.' };
  const name = canonicalName(typed);
  return name === null ? { problem: refusalText(new Refusal('NAME_INVALID', typed.slice(0, 40))) } : { value: name };
}

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):(\d{1,5})$/i;

/** `host:port`, `[v6]:port` or an http(s) URL without a path becomes an origin. */
export function readAddress(typed: string | undefined): Parsed<string> {
  if (typed === undefined)
    return { problem: 'The address of the name server is missing. Add it, like 127.0.0.1:12345' };
  const isUrl = /^https?:\/\//i.test(typed);
  const url = isUrl || HOST_AND_PORT.test(typed) ? parseUrl(isUrl ? typed : `http://${typed}`) : null;
  if (!url || !isBare(url)) {
    const advice = 'Write host:port, [v6]:port or an http(s) URL, like 127.0.0.1:12345';
    return { problem: `"${typed.slice(0, 80)}" is not an address. ${advice}` };
  }
  return { value: url.origin };
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function isBare(url: URL): boolean {
  const hasMore = url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '';
  return url.pathname === '/' && !hasMore && url.hostname !== '' && url.port !== '0';
}
