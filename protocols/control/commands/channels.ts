// Commands about channels: join, leave, write to all people there or to one of them.

import { canonicalChannel } from '../../kit/names.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { CommandsOf, Nothing } from '../command-map.js';
import { messageProblem } from '../line/checks.js';
import { NO_ARGUMENTS, TEXT, type Argument, type CommandEntry } from '../line/grammar.js';

/**
 * A person on channels. `from`: the name they chose; two people can choose the same. `user`: the user whose pinned
 * record proves this key, or null. `isNamesake`: the name is that of a user we know, or ours, and the key is not.
 * `fingerprint`: six words for the key.
 */
export interface ChannelSpeaker {
  readonly from: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly user: string | null;
  readonly isNamesake: boolean;
}

/** `here`: people on our server, as many as it lists; `count`: all on our server; `elsewhere`: on other servers. */
export interface ChannelSummary {
  readonly channel: string;
  /** False while we want to be in the channel and are not. */
  readonly joined: boolean;
  readonly here: readonly ChannelSpeaker[];
  readonly count: number;
  readonly elsewhere: number;
}

interface ChannelsAnswer {
  connection: 'asleep' | 'connecting' | 'open' | 'away' | 'refused';
  channels: ChannelSummary[];
}

/** Names of channels have no `#` here. */
export interface ChannelCommandMap {
  join: { command: { channel: string }; answer: ChannelSummary };
  part: { command: { channel: string }; answer: { channel: string } };
  channels: { command: Nothing; answer: ChannelsAnswer };
  /** Answered once the message is on its way to the people who are there. */
  channel: { command: { channel: string; text: string }; answer: { channel: string; id: string; at: string } };
  /**
   * `to` of the command: a name, a key, a fingerprint or its beginning; `user:x` can only be a name. Answered once the
   * message has arrived; `to` of the answer: the name that person chose.
   */
  private: {
    command: { to: string; text: string };
    answer: { to: string; key: string; id: string; state: 'delivered' };
  };
}

export type ChannelCommand = CommandsOf<ChannelCommandMap>;

const CHANNEL: Argument = { kind: 'channel', name: 'channel' };
const CHANNELS = { ...NO_ARGUMENTS, section: 'Channels' } as const;

export const CHANNEL_COMMANDS: readonly CommandEntry<ChannelCommand>[] = [
  {
    ...CHANNELS,
    name: 'join',
    arguments: [CHANNEL],
    summary: 'join a channel, with the people on all linked servers',
    example: 'join lab',
    parse: ({ word }) => ({ type: 'join', channel: word('channel') }),
  },
  {
    ...CHANNELS,
    name: 'part',
    arguments: [CHANNEL],
    summary: 'leave a channel',
    example: 'part lab',
    parse: ({ word }) => ({ type: 'part', channel: word('channel') }),
  },
  {
    ...CHANNELS,
    name: 'channels',
    summary: 'list your channels and who is there',
    example: 'channels',
    parse: () => ({ type: 'channels' }),
  },
  {
    ...CHANNELS,
    // Stands for every line that begins with the name of a channel: parse-line.ts reads those before the table.
    name: '#channel',
    arguments: [TEXT],
    summary: 'send a message to a channel; it is signed, not secret, and not stored',
    example: '#lab good morning',
    parse: ({ word }) => channelMessage('channel', word('text')),
  },
  {
    ...CHANNELS,
    name: 'private',
    arguments: [{ kind: 'visitor', name: 'fingerprint-or-user' }, TEXT],
    summary: 'send a direct message to one person on a channel, encrypted for them',
    example: 'private bob see you outside',
    parse: ({ word }) => directMessage(word('fingerprint-or-user'), word('text')),
  },
];

/** One message to a channel, or a refusal of its name or text. */
export function channelMessage(typed: string, text: string): Outcome<ChannelCommand> {
  const channel = canonicalChannel(typed);
  if (channel === null) return new Refusal('CHANNEL_INVALID', typed.slice(0, 40));
  return messageProblem(text) ?? { type: 'channel', channel, text };
}

function directMessage(to: string, text: string): Outcome<ChannelCommand> {
  return messageProblem(text) ?? { type: 'private', to, text };
}
