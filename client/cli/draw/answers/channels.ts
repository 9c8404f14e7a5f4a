// Channels as lines: who is there, what is said, and how sure it is who said it. A name is `a-z0-9_-`, so what stands
// in brackets behind it can come from nobody but us.

import type { Answers } from '../../../../protocols/control/answer.js';
import type {
  ChannelEvent,
  ChannelLine,
  ChannelVoice,
} from '../../../../protocols/control/channels/channel-command.js';
import { harmless } from '../../../../protocols/kit/text.js';
import type { Look } from '../look.js';
import { clockTime } from '../moment.js';

/** Enough to tell two apart that are here at the same time; the whole one is in the JSON. */
const WORDS_SHOWN = 2;

export function drawJoined(line: ChannelLine, look: Look): string[] {
  return [`You are in ${channel(line.channel)}: ${present(line, look)}. To say something: #${line.channel} <text>`];
}

export function drawChannels({ connection, channels }: Answers['channels'], look: Look): string[] {
  if (channels.length === 0) return ['You are in no channel. Type: join <channel>'];
  const state = connection === 'open' ? [] : [`${look.paint.bad('!')} ${STATES[connection]}`];
  return [...state, ...channels.map((line) => `  ${channel(line.channel)}  ${isIn(line, look)}`)];
}

const STATES: Record<Exclude<Answers['channels']['connection'], 'open'>, string> = {
  asleep: 'Not connected to channels: you are offline.',
  connecting: 'Connecting to channels.',
  away: 'Not connected to channels; trying on. What is said meanwhile is kept by nobody.',
  refused: 'The server does not let you onto its channels. To try again: join <channel>',
};

function isIn(line: ChannelLine, look: Look): string {
  return line.joined ? present(line, look) : 'not there now';
}

/** `2 here: bob, carol (olive-river); 3 elsewhere` */
function present({ here, count, elsewhere }: ChannelLine, look: Look): string {
  const names = here.map((voice) => drawVoice(voice, look)).join(', ');
  const more = count > here.length ? ` and ${count - here.length} more` : '';
  const others = elsewhere > 0 ? `; ${elsewhere} on other servers` : '';
  return `${count} here${names === '' ? '' : `: ${names}${more}`}${others}`;
}

/** What I said myself is drawn as what others say. */
export function drawSaid({ channel: name, at }: Answers['channel'], text: string, look: Look): string[] {
  return [line(at, `${channel(name)} ${look.paint.name(look.me, harmless(look.me))}`, text, look)];
}

export function drawWhispered({ to, key }: Answers['private'], text: string, look: Look): string[] {
  const whom = look.paint.name(key, harmless(to));
  return [look.paint.faint(`      ✓ heard by ${whom}: `) + look.paint.faint(harmless(text))];
}

export function drawChannelEvent(event: ChannelEvent & { at: string }, look: Look): string[] {
  const where = event.event === 'channel' ? channel(event.channel) : '(private)';
  return [line(event.at, `${where} ${drawVoice(event, look)}`, event.text, look)];
}

/**
 * A name that a record proves stands alone; every other has the beginning of its fingerprint behind it, and a warning
 * where it is the name of somebody we know.
 */
function drawVoice({ from, key, fingerprint, user, isNamesake }: ChannelVoice, look: Look): string {
  const name = harmless(from);
  if (user === from) return look.paint.name(from, name);
  const words = harmless(fingerprint).split(' ').slice(0, WORDS_SHOWN).join('-');
  const shown = look.paint.name(key, `${name} (${words})`);
  if (isNamesake) return `${shown} ${look.paint.bad(from === look.me ? '(not you)' : `(not the ${name} you know)`)}`;
  return user === null ? shown : `${shown} (your ${harmless(user)})`;
}

function line(at: string, sender: string, text: string, look: Look): string {
  return `${look.paint.faint(clockTime(at, look.zone))} ${sender}  ${harmless(text)}`;
}

const channel = (name: string): string => `#${harmless(name)}`;
