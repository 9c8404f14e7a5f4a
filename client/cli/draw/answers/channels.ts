// Channels as lines: who is there, what is said, and how sure it is who said it. A name is `a-z0-9_-`, so what stands
// in brackets behind it can come from nobody but us.

import type { Answers } from '../../../../protocols/control/answer.js';
import type {
  ChannelEvent,
  ChannelSummary,
  ChannelSpeaker,
} from '../../../../protocols/control/channels/channel-command.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { ViewOptions } from '../view-options.js';
import { clockTime } from '../format-time.js';

/** Enough to tell two apart that are here at the same time; the whole one is in the JSON. */
const WORDS_SHOWN = 2;

export function drawJoined(line: ChannelSummary, view: ViewOptions): string[] {
  return [`You are in ${channel(line.channel)}: ${present(line, view)}. To say something: #${line.channel} <text>`];
}

export function drawChannels({ connection, channels }: Answers['channels'], view: ViewOptions): string[] {
  if (channels.length === 0) return ['You are in no channel. Type: join <channel>'];
  const state = connection === 'open' ? [] : [`${view.colours.bad('!')} ${STATES[connection]}`];
  return [...state, ...channels.map((line) => `  ${channel(line.channel)}  ${isIn(line, view)}`)];
}

const STATES: Record<Exclude<Answers['channels']['connection'], 'open'>, string> = {
  asleep: 'Not connected to channels: you are offline.',
  connecting: 'Connecting to channels.',
  away: 'Not connected to channels; trying on. What is said meanwhile is kept by nobody.',
  refused: 'The server does not let you onto its channels. To try again: join <channel>',
};

function isIn(line: ChannelSummary, view: ViewOptions): string {
  return line.joined ? present(line, view) : 'not there now';
}

/** `2 here: bob, carol (olive-river); 3 elsewhere` */
function present({ here, count, elsewhere }: ChannelSummary, view: ViewOptions): string {
  const names = here.map((voice) => drawSpeaker(voice, view)).join(', ');
  const more = count > here.length ? ` and ${count - here.length} more` : '';
  const others = elsewhere > 0 ? `; ${elsewhere} on other servers` : '';
  return `${count} here${names === '' ? '' : `: ${names}${more}`}${others}`;
}

/** What I said myself is drawn as what others say. */
export function drawChannelMessage(
  { channel: name, at }: Answers['channel'],
  text: string,
  view: ViewOptions,
): string[] {
  return [line(at, `${channel(name)} ${view.colours.name(view.me, sanitize(view.me))}`, text, view)];
}

export function drawDirectMessage({ to, key }: Answers['private'], text: string, view: ViewOptions): string[] {
  const whom = view.colours.name(key, sanitize(to));
  return [view.colours.faint(`      ✓ heard by ${whom}: `) + view.colours.faint(sanitize(text))];
}

export function drawChannelEvent(event: ChannelEvent & { at: string }, view: ViewOptions): string[] {
  const where = event.event === 'channel' ? channel(event.channel) : '(private)';
  return [line(event.at, `${where} ${drawSpeaker(event, view)}`, event.text, view)];
}

/**
 * A name that a record proves stands alone; every other has the beginning of its fingerprint behind it, and a warning
 * where it is the name of somebody we know.
 */
function drawSpeaker({ from, key, fingerprint, user, isNamesake }: ChannelSpeaker, view: ViewOptions): string {
  const name = sanitize(from);
  if (user === from) return view.colours.name(from, name);
  const words = sanitize(fingerprint).split(' ').slice(0, WORDS_SHOWN).join('-');
  const shown = view.colours.name(key, `${name} (${words})`);
  if (isNamesake) return `${shown} ${view.colours.bad(from === view.me ? '(not you)' : `(not the ${name} you know)`)}`;
  return user === null ? shown : `${shown} (your ${sanitize(user)})`;
}

function line(at: string, sender: string, text: string, view: ViewOptions): string {
  return `${view.colours.faint(clockTime(at, view.zone))} ${sender}  ${sanitize(text)}`;
}

const channel = (name: string): string => `#${sanitize(name)}`;
