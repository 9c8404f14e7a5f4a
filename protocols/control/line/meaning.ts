// What the longer commands mean: texts within their bounds, numbers within their range, events that exist.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import { EVENT_NAMES } from '../answer.js';
import type { Command } from '../command.js';
import type { FaceCommand } from '../face-command.js';
import type { Given } from './grammar.js';

/** One chat message, or why there is none. Lines of a conversation go through here as well. */
export function chat(user: string, text: string): Outcome<Command> {
  if (text.trim() === '') return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(text);
  if (bytes > LIMITS.messageTextBytes) return new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`);
  return { do: 'say', user, text };
}

/** One quick message, or why there is none. */
export function quick(user: string, text: string): Outcome<Command> {
  if (text.trim() === '') return new Refusal('TEXT_EMPTY');
  if (byteLength(text) > LIMITS.quickTextBytes) return new Refusal('QUICK_TOO_LONG', user);
  return { do: 'message', user, text };
}

/** A friend request with its note. */
export function add(user: string, note: string): Outcome<Command> {
  const fits = byteLength(note) <= LIMITS.noteBytes;
  return fits ? { do: 'add', user, note } : new Refusal('TEXT_TOO_LONG', 'a note has at most 1 KiB');
}

/** A page of a conversation; null where the limit is no number in range. */
export function history({ word, flag }: Given): Command | null {
  const typed = flag('--limit');
  const limit = typed === null ? LIMITS.historyPage : wholeNumber(typed);
  if (limit === null || limit < 1 || limit > LIMITS.historyPageMax) return null;
  return { do: 'history', user: word('user'), limit, before: flag('--before') };
}

function wholeNumber(typed: string): number | null {
  return /^\d{1,9}$/.test(typed) ? Number(typed) : null;
}

/** A wait for an event; null where the seconds or a pair make no sense. */
export function wait({ word, pairs }: Given): Outcome<FaceCommand> | null {
  const event = EVENT_NAMES.find((name) => name === word('event').toLowerCase());
  if (!event) return new Refusal('USAGE', `wait <event> [seconds] [key=value…], with one of ${EVENT_NAMES.join(', ')}`);
  const waitMs = word('seconds') === '' ? LIMITS.waitDefaultMs : Number(word('seconds')) * 1_000;
  const fields = pairs.map(pairOf);
  if (!(waitMs <= LIMITS.waitMaxMs) || !fields.every((field) => field !== null)) return null;
  return { do: 'wait', wanted: { event, fields }, waitMs };
}

function pairOf(word: string): readonly [string, string] | null {
  const split = word.indexOf('=');
  return split < 1 ? null : [word.slice(0, split), word.slice(split + 1)];
}
