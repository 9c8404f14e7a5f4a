// Checks of typed values: texts within their bounds, whole numbers in a range, names and dates that can exist.

import { hasVisibleText } from '../../kit/text/visible-text.js';
import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { canonicalName } from '../../kit/names.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { ParsedArguments } from './grammar.js';

/** Whether a name was typed as a user (`user:bob`) or as a group (`group:lake`). */
export type NameKind = 'user' | 'group';

/** Why a text cannot be sent as a message, or null. Messages to friends, groups and channels have the same bound. */
export function messageProblem(text: string): Refusal | null {
  if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(text);
  return bytes > LIMITS.messageTextBytes
    ? new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`)
    : null;
}

/** A name that can be a user or a group; `nameKind` where a prefix says which. */
export function userOrGroup(typed: string): { user: string; nameKind?: NameKind } {
  const [prefix, name] = typed.split(':');
  if (name === undefined) return { user: typed };
  return { user: name, nameKind: prefix === 'group' ? 'group' : 'user' };
}

/** The canonical name in the value of a flag, null without the flag, or a refusal. */
export function nameOf(typed: string | null): Outcome<string | null> {
  if (typed === null) return null;
  const name = typed.replace(/^(user|group):/, '');
  return canonicalName(name) ?? new Refusal('NAME_INVALID', name.slice(0, 40));
}

/** One page of a list. `before`: an id; the page ends just before it. */
export interface Page {
  readonly limit: number;
  readonly before: string | null;
}

/** The page that `--limit` and `--before` ask for, or null if the limit is not a number in range. */
export function pageOf(flag: ParsedArguments['flag'], bounds: { usual: number; max: number }): Page | null {
  const limit = wholeNumber(flag('--limit') ?? String(bounds.usual));
  return limit === null || limit < 1 || limit > bounds.max ? null : { limit, before: flag('--before') };
}

/** The number, or null if the word is not a whole number of at most nine digits. */
export function wholeNumber(typed: string): number | null {
  return /^\d{1,9}$/.test(typed) ? Number(typed) : null;
}

/** A day, or a time on it; in UTC unless a zone is named. */
const DATE = /^((\d{4})-(\d{2})-(\d{2}))(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/i;

/** Milliseconds since 1970, null without a value, undefined if it is not a time, or on no day of the calendar. */
export function timeOf(typed: string | null): number | null | undefined {
  if (typed === null) return null;
  const [, day, year, month, date, time = 'T00:00', zone = 'Z'] = DATE.exec(typed) ?? [];
  if (!isDay(Number(year), Number(month), Number(date))) return undefined;
  const at = Date.parse(`${day}${time}${zone}`.toUpperCase());
  return at >= 0 && at <= LIMITS.timeMax ? at : undefined;
}

/** The host takes the 30th of February for the 2nd of March. */
function isDay(year: number, month: number, date: number): boolean {
  const taken = new Date(Date.UTC(year, month - 1, date));
  return taken.getUTCMonth() === month - 1 && taken.getUTCDate() === date;
}
