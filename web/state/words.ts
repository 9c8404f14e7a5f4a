// How the page words times, counts and states. English, with times as the reader's own place writes them.

import type { ConnectionState } from '../../protocols/channels/visitor/connection.js';
import type { ChannelPresence } from '../../protocols/channels/visitor/world.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { refusalText, type Refusal } from '../../protocols/kit/refusals.js';
import { harmless } from '../../protocols/kit/text.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `locale`, `zone`: undefined takes the reader's own. */
export interface Region {
  readonly locale?: string;
  readonly zone?: string;
}

/** `14:07`. */
export function clockTime(at: Instant, { locale, zone }: Region = {}): string {
  return new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', ...zoned(zone) });
}

/** The day and the time, for whoever wants it exactly. */
export function fullTime(at: Instant, { locale, zone }: Region = {}): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'full', timeStyle: 'medium', ...zoned(zone) });
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: Instant, now: Instant, { locale, zone }: Region = {}): string {
  const dayOf = calendar(zone);
  if (dayOf(at) === dayOf(now)) return 'Today';
  if (dayOf(at) === dayOf(now - DAY_MS)) return 'Yesterday';
  return new Date(at).toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...zoned(zone) });
}

/** Names the days of a calendar: two instants of one day have the same name. */
export function calendar(zone?: string): (at: Instant) => string {
  const days = new Intl.DateTimeFormat('en-CA', zoned(zone)); // made once: it costs more than a hundred names
  return (at) => days.format(at);
}

/** `3 minutes`. */
export function duration(ms: number): string {
  if (ms < MINUTE_MS) return counted(Math.max(1, Math.round(ms / 1_000)), 'second');
  if (ms < HOUR_MS) return counted(Math.round(ms / MINUTE_MS), 'minute');
  return ms < DAY_MS ? counted(Math.round(ms / HOUR_MS), 'hour') : counted(Math.round(ms / DAY_MS), 'day');
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

export function awaySentence(awayMs: number): string {
  return `You were away for ${duration(awayMs)}. What was said meanwhile is kept by nobody.`;
}

/** What a refusal is about may come from the server: it is text of others. */
export function sentence(refusal: Refusal): string {
  return harmless(refusalText(refusal));
}

/** Who is in a channel, in numbers. */
export function presenceLine({ count, elsewhere }: ChannelPresence): string {
  return elsewhere === 0 ? `${count} here` : `${count} here, ${elsewhere} on other servers`;
}

/** The state of the connection as a headline; null where all is well. */
export function connectionLine(state: ConnectionState): string | null {
  switch (state) {
    case 'open':
      return null;
    case 'connecting':
      return 'Connecting …';
    case 'away':
      return 'Not connected. Trying again by itself.';
    case 'refused':
      return 'The server does not let us in.';
    case 'asleep':
      return 'Not connected.';
  }
}

function zoned(zone: string | undefined): { timeZone?: string } {
  return zone === undefined ? {} : { timeZone: zone };
}
