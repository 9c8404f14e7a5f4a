// How the page words times, counts and states: in English, with the clock and the days of the reader.

import type { ConnectionState } from '../../protocols/channels/client/server-connection.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { refusalText, type Refusal } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import type { Membership } from './conversations.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Where the reader is; undefined takes what the browser says. `clock`: a locale whose hours are written. */
export interface Region {
  readonly clock?: string;
  readonly zone?: string;
}

/** `14:07`, or `2:07 PM` where that is how hours are written. */
export function clockTime(at: Instant, { clock, zone }: Region = {}): string {
  return new Date(at).toLocaleTimeString(clock, { hour: '2-digit', minute: '2-digit', ...zoned(zone) });
}

/** The day and the time, for whoever wants it exactly. */
export function fullTime(at: Instant, region: Region = {}): string {
  return `${dateName(at, region)}, ${clockTime(at, region)}`;
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: Instant, now: Instant, region: Region = {}): string {
  const days = Math.round((noonOf(now, region) - noonOf(at, region)) / DAY_MS);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : dateName(at, region);
}

/** Names the days of the reader's calendar: two instants of one day have the same name, `2027-01-15`. */
export function calendar({ zone }: Region = {}): (at: Instant) => string {
  const days = new Intl.DateTimeFormat('en-CA', zoned(zone)); // made once: it costs more than a hundred names
  return (at) => days.format(at);
}

/** A day of the calendar as an instant, so that days can be counted: some have 23 hours, some 25. */
function noonOf(at: Instant, region: Region): Instant {
  return Date.parse(`${calendar(region)(at)}T12:00:00Z`);
}

function dateName(at: Instant, { zone }: Region): string {
  return new Date(at).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', ...zoned(zone) });
}

const UNITS = [
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
] as const;

/** `3 minutes`, in the largest unit of which there is one, rounded. */
export function duration(ms: number): string {
  const [unitMs, unit] = UNITS.find(([length]) => Math.round(ms / SECOND_MS) * SECOND_MS >= length) ?? [
    SECOND_MS,
    'second',
  ];
  const count = Math.max(1, Math.round(ms / unitMs));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export function awaySentence(awayMs: number): string {
  return `You were away for ${duration(awayMs)}. What was said meanwhile is kept by nobody.`;
}

/** What a refusal is about may come from the server: it is text of others. */
export function sentence(refusal: Refusal): string {
  return sanitize(refusalText(refusal));
}

/** Who is in a channel, in numbers; or why nobody can say. */
export function membershipLine(membership: Membership): string {
  switch (membership.type) {
    case 'joining':
      return 'Not in it at the moment';
    case 'out':
      return 'Not in it';
    case 'in': {
      const { count, elsewhere } = membership.presence;
      return elsewhere === 0 ? `${count} here` : `${count} here, ${elsewhere} on other servers`;
    }
  }
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
