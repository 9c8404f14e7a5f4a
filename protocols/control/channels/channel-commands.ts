// Commands about channels, as a person types them.

import { canonicalChannel } from '../../kit/names.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { Argument, CommandEntry } from '../line/grammar.js';
import { chat } from '../line/meaning.js';
import type { ChannelCommand } from './channel-command.js';

const CHANNEL: Argument = { kind: 'channel', name: 'channel' };
const TEXT: Argument = { kind: 'text', name: 'text' };
const ONE_CHANNEL = { aliases: [], arguments: [CHANNEL], flags: [], section: 'Channels' } as const;

export const CHANNEL_COMMANDS: readonly CommandEntry[] = [
  {
    ...ONE_CHANNEL,
    name: 'join',
    summary: 'be in a channel, with everybody on any linked server',
    example: 'join lab',
    parse: ({ word }) => ({ type: 'join', channel: word('channel') }),
  },
  {
    ...ONE_CHANNEL,
    name: 'part',
    summary: 'be in a channel no more',
    example: 'part lab',
    parse: ({ word }) => ({ type: 'part', channel: word('channel') }),
  },
  {
    ...ONE_CHANNEL,
    name: 'channels',
    arguments: [],
    summary: 'the channels you are in, and who is there',
    example: 'channels',
    parse: () => ({ type: 'channels' }),
  },
  {
    ...ONE_CHANNEL,
    // Stands for every line that begins with the name of a channel: parse-line.ts reads those before the table.
    name: '#channel',
    arguments: [TEXT],
    summary: 'say something in a channel; it is signed, not secret, and kept by nobody',
    example: '#lab good morning',
    parse: ({ word }) => spoken('channel', word('text')),
  },
  {
    ...ONE_CHANNEL,
    name: 'private',
    arguments: [{ kind: 'visitor', name: 'fingerprint-or-user' }, TEXT],
    summary: 'a private message to somebody on a channel, sealed for them alone',
    example: 'private bob see you outside',
    parse: ({ word }) => whispered(word('fingerprint-or-user'), word('text')),
  },
];

/** Something said in a channel, or why it cannot be. */
export function spoken(typed: string, text: string): Outcome<ChannelCommand> {
  const channel = canonicalChannel(typed);
  if (channel === null) return new Refusal('CHANNEL_INVALID', typed.slice(0, 40));
  const said = chat(channel, text);
  return said instanceof Refusal ? said : { type: 'channel', channel, text };
}

function whispered(to: string, text: string): Outcome<ChannelCommand> {
  const said = chat(to, text);
  return said instanceof Refusal ? said : { type: 'private', to, text };
}
