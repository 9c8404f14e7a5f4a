// What the longer commands mean: texts within their bounds, numbers within their range, events that exist.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { canonicalName } from '../../kit/names.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import { EVENT_NAMES } from '../answer.js';
import type { Command, NameKind } from '../command.js';
import type { UiCommand } from '../ui-command.js';
import type { ParsedArchiveCommand } from '../archive-command.js';
import type { ParsedArguments } from './grammar.js';

/** One chat message, or why there is none. Lines of a conversation go through here as well. */
export function chat(user: string, text: string): Outcome<Command> {
  if (text.trim() === '') return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(text);
  if (bytes > LIMITS.messageTextBytes) return new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`);
  return { type: 'say', user, text };
}

/** One message to a group, or why there is none. */
export function broadcast(group: string, text: string): Outcome<Command> {
  const said = chat(group, text);
  return said instanceof Refusal ? said : { type: 'broadcast', group, text };
}

/** A yes or a no to what waits. */
export function reply(answer: 'accept' | 'reject', { word }: ParsedArguments): Command {
  const group = word('group');
  return { type: answer, ...party(word('name')), ...(group === '' ? {} : { group }) };
}

/** Who or what a name is said to mean. */
function party(typed: string): { user: string; nameKind?: NameKind } {
  const [prefix, name] = typed.split(':');
  if (name === undefined) return { user: typed };
  return { user: name, nameKind: prefix === 'group' ? 'group' : 'user' };
}

/** One quick message, or why there is none. */
export function quick(user: string, text: string): Outcome<Command> {
  if (text.trim() === '') return new Refusal('TEXT_EMPTY');
  if (byteLength(text) > LIMITS.quickTextBytes) return new Refusal('QUICK_TOO_LONG', user);
  return { type: 'message', user, text };
}

/** A friend request with its note. */
export function add(user: string, note: string): Outcome<Command> {
  const fits = byteLength(note) <= LIMITS.noteBytes;
  return fits ? { type: 'add', user, note } : new Refusal('TEXT_TOO_LONG', 'a note has at most 1 KiB');
}

/** A page of a conversation; null where the limit is no number in range. */
export function history({ word, flag }: ParsedArguments): Command | null {
  const typed = flag('--limit');
  const limit = typed === null ? LIMITS.historyPage : wholeNumber(typed);
  if (limit === null || limit < 1 || limit > LIMITS.historyPageMax) return null;
  return { type: 'history', ...party(word('user')), limit, before: flag('--before') };
}

/** A search; null where no word is left, there are too many, or the date makes no sense. */
export function search({ words, flag }: ParsedArguments): Outcome<Command> | null {
  const [from, within] = [nameOf(flag('from:')), nameOf(flag('in:'))];
  if (from instanceof Refusal) return from;
  if (within instanceof Refusal) return within;
  const before = timeOf(flag('before:'));
  if (before === undefined || words.length === 0 || words.length > LIMITS.searchWordsMax) return null;
  return { type: 'search', words, from, in: within, before };
}

function nameOf(typed: string | null): Outcome<string | null> {
  if (typed === null) return null;
  const name = typed.replace(/^(user|group):/, '');
  return canonicalName(name) ?? new Refusal('NAME_INVALID', name.slice(0, 40));
}

/** A day, or a time of it, of UTC where it names no other zone. */
const DATE = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/i;

/** Undefined where it is no time. */
function timeOf(typed: string | null): number | null | undefined {
  if (typed === null) return null;
  const [, day, time = 'T00:00', zone = 'Z'] = DATE.exec(typed) ?? [];
  const at = Date.parse(`${day}${time}${zone}`.toUpperCase());
  return at >= 0 && at <= LIMITS.timeMax ? at : undefined;
}

/** Everything as a file of its own; null where the format is none of ours. */
export function exported({ flag }: ParsedArguments): ParsedArchiveCommand | null {
  const format = flag('--format') ?? 'json';
  return format === 'json' || format === 'html' ? { type: 'export', format, to: flag('--to') } : null;
}

function wholeNumber(typed: string): number | null {
  return /^\d{1,9}$/.test(typed) ? Number(typed) : null;
}

/** A wait for an event; null where the seconds or a pair make no sense. */
export function wait({ word, words }: ParsedArguments): Outcome<UiCommand> | null {
  const event = EVENT_NAMES.find((name) => name === word('event').toLowerCase());
  if (!event) return new Refusal('USAGE', `wait <event> [seconds] [key=value…], with one of ${EVENT_NAMES.join(', ')}`);
  const waitMs = word('seconds') === '' ? LIMITS.waitDefaultMs : Number(word('seconds')) * 1_000;
  const fields = words.map(pairOf);
  if (!(waitMs <= LIMITS.waitMaxMs) || !fields.every((field) => field !== null)) return null;
  return { type: 'wait', filter: { event, fields }, waitMs };
}

function pairOf(word: string): readonly [string, string] | null {
  const split = word.indexOf('=');
  return split < 1 ? null : [word.slice(0, split), word.slice(split + 1)];
}
