// How a client is set up: the type, the defaults, and every problem of the flags at once.

import { join } from 'node:path';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal, refusalText } from '../protocols/kit/refusals.js';

export interface ClientConfig {
  /** Origin of the name server: `http://127.0.0.1:12345`. Plain http only in networks you trust. */
  readonly server: string;
  readonly user: string;
  /** This user's own directory. Two clients never share one. */
  readonly data: string;
  /**
   * Where friends' links are accepted. A narrower address is reached by fewer friends; `0.0.0.0` by all who can route
   * here.
   */
  readonly host: string;
  /** TCP and UDP alike; 0 takes a free one. A fixed port suits a firewall, and can be taken already. */
  readonly port: number;
  readonly json: boolean;
  readonly plain: boolean;
  /** Lines of `-c`. */
  readonly lines: readonly string[];
  readonly inviteCode: string | null;
  /**
   * How long a link is tried before a letter is left. Higher: friends behind slow lines are met directly, those who
   * are away later.
   */
  readonly linkWaitMs: number;
  /** Whether friends learn that you have read. Off, nobody does. */
  readonly readReceipts: boolean;
  /**
   * For how long the leader of a group may be silent before its members vote for another. Higher: a dead leader is
   * replaced later; lower: one with a slow line is replaced for nothing.
   */
  readonly groupSilenceMs: number;
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
  readonly linkWait?: string | undefined;
  readonly readReceipts?: boolean | undefined;
  readonly groupSilence?: string | undefined;
}

/** One line for a person. An address that makes no sense has an exit code of its own (docs/contract.md). */
export interface ConfigProblem {
  readonly about: 'address' | 'user' | 'data' | 'host' | 'port' | 'link-wait' | 'invite-code' | 'group-silence';
  readonly text: string;
}

export type ConfigOutcome = { config: ClientConfig } | { problems: ConfigProblem[] };

/**
 * The frozen configuration, or everything that is wrong with it. `KITH_DATA` stands for `data` where no --data is
 * given.
 */
export function readConfig(flags: ClientFlags, env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const problems: ConfigProblem[] = [];
  const judge = <T>(about: ConfigProblem['about'], judged: { value: T } | { wrong: string }, instead: T): T => {
    if ('value' in judged) return judged.value;
    problems.push({ about, text: judged.wrong });
    return instead;
  };
  const user = judge('user', readUser(flags.user), '');
  const config: ClientConfig = {
    server: judge('address', readAddress(flags.address), ''),
    user,
    data: judge('data', readPlace('--data', flags.data ?? join(env['KITH_DATA'] || 'data', user)), ''),
    host: judge('host', readPlace('--host', flags.host ?? '0.0.0.0'), ''),
    port: judge('port', readNumber('--port', flags.port ?? '0', 65_535), 0),
    json: flags.json ?? false,
    plain: flags.plain ?? false,
    lines: Object.freeze([...(flags.command ?? [])]),
    inviteCode: judge('invite-code', readInviteCode(flags.inviteCode), null),
    linkWaitMs: judge('link-wait', readNumber('--link-wait', flags.linkWait ?? DEFAULT_LINK_WAIT, 3_600), 0) * 1_000,
    readReceipts: flags.readReceipts ?? true,
    groupSilenceMs: judge('group-silence', readSilence(flags.groupSilence), 0) * 1_000,
  };
  return problems.length > 0 ? { problems } : { config: Object.freeze(config) };
}

const DEFAULT_SILENCE = String(LIMITS.groupSilenceMs / 1_000);

function readSilence(typed: string | undefined): Judged<number> {
  const judged = readNumber('--group-silence', typed ?? DEFAULT_SILENCE, 86_400);
  return 'value' in judged && judged.value < 1 ? { wrong: '--group-silence is at least 1 second.' } : judged;
}

const DEFAULT_LINK_WAIT = String(LIMITS.linkDialMs / 1_000);

type Judged<T> = { value: T } | { wrong: string };

function readUser(typed: string | undefined): Judged<string> {
  if (typed === undefined) return { wrong: 'Who are you? Say it with --user NAME.' };
  const name = canonicalName(typed);
  return name === null ? { wrong: refusalText(new Refusal('NAME_INVALID', typed.slice(0, 40))) } : { value: name };
}

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):(\d{1,5})$/i;

/** `host:port`, `[v6]:port` or an http(s) URL without a path becomes an origin. */
export function readAddress(typed: string | undefined): Judged<string> {
  if (typed === undefined) return { wrong: 'Which name server? Give its address, like 127.0.0.1:12345' };
  const isUrl = /^https?:\/\//i.test(typed);
  const url = isUrl || HOST_AND_PORT.test(typed) ? parseUrl(isUrl ? typed : `http://${typed}`) : null;
  if (!url || !isBare(url)) {
    const advice = 'Write host:port, [v6]:port or an http(s) URL, like 127.0.0.1:12345';
    return { wrong: `"${typed.slice(0, 80)}" makes no sense as an address. ${advice}` };
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

function readPlace(flag: string, typed: string): Judged<string> {
  const isUsable = typed.trim() !== '' && !typed.includes('\0');
  return isUsable ? { value: typed } : { wrong: `${flag} needs a value.` };
}

/** It travels in a header, which takes no other letters. */
const INVITE_CODE = /^[!-~]([ -~]*[!-~])?$/;

function readInviteCode(typed: string | undefined): Judged<string | null> {
  if (typed === undefined) return { value: null };
  if (INVITE_CODE.test(typed)) return { value: typed };
  return {
    wrong: '--invite-code takes letters without accents, digits and signs, with no space before or after them.',
  };
}

function readNumber(flag: string, typed: string, most: number): Judged<number> {
  const number = /^\d{1,9}$/.test(typed) ? Number(typed) : NaN;
  return number <= most
    ? { value: number }
    : { wrong: `${flag} is a whole number from 0 to ${most}, not "${typed.slice(0, 20)}".` };
}
