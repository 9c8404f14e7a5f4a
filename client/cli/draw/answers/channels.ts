// Channels as lines: who is there, messages, and how sure it is who sent them. A name is `a-z0-9_-`, so words in
// brackets behind it can only come from this program.

import type { Answers } from '../../../../protocols/control/answer.js';
import type {
  ChannelCommandMap,
  ChannelSpeaker,
  ChannelSummary,
} from '../../../../protocols/control/commands/channels.js';
import type { ChannelEvent } from '../../../../protocols/control/event.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { clockTime } from '../format-time.js';
import { hangingText, textRows, type ViewOptions } from '../view-options.js';

export const CHANNEL_DRAWERS: Drawers<ChannelCommandMap> = {
  join: (data, _, view) => drawJoined(data, view),
  part: ({ channel: name }) => [`You left ${channel(name)}.`],
  channels: (data, _, view) => drawChannels(data, view),
  channel: (data, { text }, view) => drawChannelMessage(data, text, view),
  private: (data, { text }, view) => drawDirectMessage(data, text, view),
};

/** Enough to tell apart two people who are here at the same time; `--json` has all six. */
const WORDS_SHOWN = 2;

function drawJoined(summary: ChannelSummary, view: ViewOptions): string[] {
  const name = channel(summary.channel);
  return [`You are in ${name}: ${present(summary, view)}. To send a message, type: ${name} <text>`];
}

function drawChannels({ connection, channels }: Answers['channels'], view: ViewOptions): string[] {
  if (channels.length === 0) return ['You are in no channel. Type: join <channel>'];
  const state = connection === 'open' ? [] : [`${view.colours.bad('!')} ${STATES[connection]}`];
  return [...state, ...channels.map((summary) => `  ${channel(summary.channel)}  ${isIn(summary, view)}`)];
}

const STATES: Record<Exclude<Answers['channels']['connection'], 'open'>, string> = {
  asleep: 'Not connected to channels, because you are offline. Type: online',
  connecting: 'Connecting to channels.',
  away: 'Not connected to channels. Trying again; messages of the meantime are not kept for you.',
  refused: 'The server does not let you onto its channels. To try again, type: join <channel>',
};

function isIn(summary: ChannelSummary, view: ViewOptions): string {
  return summary.joined ? present(summary, view) : 'not there now';
}

/** `2 here: bob, carol (olive-river); 3 on other servers` */
function present({ here, count, elsewhere }: ChannelSummary, view: ViewOptions): string {
  const names = here.map((speaker) => drawSpeaker(speaker, view)).join(', ');
  const more = count > here.length ? ` and ${count - here.length} more` : '';
  const others = elsewhere > 0 ? `; ${elsewhere} on other servers` : '';
  return `${count} here${names === '' ? '' : `: ${names}${more}`}${others}`;
}

/** Your own message is drawn like those of others. */
function drawChannelMessage({ channel: name, at }: Answers['channel'], text: string, view: ViewOptions): string[] {
  return [messageLine(at, `${channel(name)} ${view.colours.name(view.me, sanitize(view.me))}`, text, view)];
}

function drawDirectMessage({ to, key }: Answers['private'], text: string, view: ViewOptions): string[] {
  const receiver = view.colours.name(key, sanitize(to));
  return [view.colours.faint(`      ✓ delivered to ${receiver}: `) + view.colours.faint(sanitize(text))];
}

export function drawChannelEvent(event: ChannelEvent & { at: string }, view: ViewOptions): string[] {
  const where = event.event === 'channel' ? channel(event.channel) : '(private)';
  return [messageLine(event.at, `${where} ${drawSpeaker(event, view)}`, event.text, view)];
}

/**
 * A name that a record proves stands alone. Every other name has the beginning of its fingerprint behind it, and a
 * warning if a user you know has that name.
 */
function drawSpeaker({ from, key, fingerprint, user, isNamesake }: ChannelSpeaker, view: ViewOptions): string {
  const name = sanitize(from);
  if (user === from) return view.colours.name(from, name);
  const words = sanitize(fingerprint).split(' ').slice(0, WORDS_SHOWN).join('-');
  const shown = view.colours.name(key, `${name} (${words})`);
  if (isNamesake) return `${shown} ${view.colours.bad(from === view.me ? '(not you)' : `(not the ${name} you know)`)}`;
  return user === null ? shown : `${shown} (the user ${sanitize(user)})`;
}

function messageLine(at: string, sender: string, text: string, view: ViewOptions): string {
  return hangingText(`${view.colours.faint(clockTime(at, view.zone))} ${sender}  `, textRows(text, view), view);
}

const channel = (name: string): string => `#${sanitize(name)}`;
