// Times, counts and states as English text, in the time zone and clock format of the reader.

import type { ConnectionState } from '../../protocols/channels/client/server-connection.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { refusalText, type Refusal } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import type { ChannelMembership } from './conversations.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The reader's settings; undefined takes those of the browser. `clock`: a locale that sets 12 or 24 hours. */
export interface Region {
  readonly clock?: string;
  readonly zone?: string;
}

/** `14:07`, or `2:07 PM`. */
export function clockTime(at: Instant, { clock, zone }: Region = {}): string {
  return new Date(at).toLocaleTimeString(clock, { hour: '2-digit', minute: '2-digit', ...zoned(zone) });
}

/** Date and time. */
export function fullTime(at: Instant, region: Region = {}): string {
  return `${dateName(at, region)}, ${clockTime(at, region)}`;
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: Instant, now: Instant, region: Region = {}): string {
  const days = Math.round((noonOf(now, region) - noonOf(at, region)) / DAY_MS);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : dateName(at, region);
}

/** Gives the reader's calendar day of an instant: `2027-01-15`. */
export function dayFormatter({ zone }: Region = {}): (at: Instant) => string {
  const days = new Intl.DateTimeFormat('en-CA', zoned(zone)); // one for many instants: it costs as much as 100 of them
  return (at) => days.format(at);
}

/** The reader's calendar day as an instant, so that days can be counted: some have 23 hours, some 25. */
function noonOf(at: Instant, region: Region): Instant {
  return Date.parse(`${dayFormatter(region)(at)}T12:00:00Z`);
}

function dateName(at: Instant, { zone }: Region): string {
  return new Date(at).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', ...zoned(zone) });
}

const UNITS = [
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
] as const;

/** `3 minutes`: rounded, in the largest unit that fits. */
export function duration(ms: number): string {
  const [unitMs, unit] = UNITS.find(([length]) => Math.round(ms / SECOND_MS) * SECOND_MS >= length) ?? [
    SECOND_MS,
    'second',
  ];
  const count = Math.max(1, Math.round(ms / unitMs));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export function missedSentence(awayMs: number): string {
  const time = duration(awayMs);
  return `You were disconnected for ${time} and missed the messages of that time: channels do not store them.`;
}

/** The subject of a refusal may come from the server, so its text is sanitized. */
export function refusalSentence(refusal: Refusal): string {
  return sanitize(refusalText(refusal));
}

/** The number of people in a channel, or that we are not in it. */
export function membershipText(membership: ChannelMembership): string {
  switch (membership.type) {
    case 'joining':
      return 'Waiting to join …';
    case 'out':
      return 'Not in this channel';
    case 'in': {
      const { count, elsewhere } = membership.presence;
      return elsewhere === 0 ? `${count} here` : `${count} here, ${elsewhere} on other servers`;
    }
  }
}

/** The state of the connection in words; null while it is open. `reason`: the channel client's, if it gave one. */
export function connectionText(state: ConnectionState, reason: string | null): string | null {
  switch (state) {
    case 'open':
      return null;
    case 'connecting':
      return 'Connecting …';
    case 'away':
      return `Not connected${reason === null ? '' : `: ${withoutFullStop(reason)}`}. Retrying automatically.`;
    case 'refused':
      return `The server refused the connection.${reason === null ? '' : ` ${reason}`}`;
    case 'asleep':
      return 'Not connected.';
  }
}

function withoutFullStop(text: string): string {
  return text.replace(/\.$/, '');
}

function zoned(zone: string | undefined): { timeZone?: string } {
  return zone === undefined ? {} : { timeZone: zone };
}
