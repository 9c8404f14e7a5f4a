// The answer of `help`: the entries of the command table as plain fields, all, those of a topic, or one; or what a word
// means.

import type { Outcome } from '../kit/refusals.js';
import { COMMANDS } from './command-table.js';
import type { Help } from './commands/ui.js';
import { usage, type CommandEntry, type HelpSection } from './line/grammar.js';
import { entryNamed, unknownCommand } from './line/parse-line.js';

/** The topics that stand for a section. They win over a command of the same name, which is in that section. */
export const TOPICS: Readonly<Record<HelpSection, string>> = {
  'Your account': 'account',
  People: 'people',
  Messages: 'messages',
  Groups: 'groups',
  Channels: 'channels',
  Posts: 'posts',
  'Your data': 'data',
  'This program': 'program',
};

/** The words for the state of a message. */
const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  queued: ['queued: the message is on this computer and is sent as soon as possible. It survives a restart.'],
  held: [
    'held by the server: your friend is offline, so the name server keeps the message as an encrypted letter, which it',
    'cannot read. Your friend gets it when they are back, also if you are offline by then. To take it back before',
    'that, type: outbox, then: cancel <id>',
  ],
  delivered: ['delivered: the message is on the disk of your friend.'],
  read: [
    'read: the message was on the screen of your friend. Friends can turn that off, so its absence means nothing.',
  ],
};

/** All commands, those of a topic, or the one named by `topic`, with or without `/`; or the meaning of a word. */
export function help(topic: string | null): Outcome<Help> {
  if (topic === null) return { commands: COMMANDS.map(described) };
  const name = topic.trim().replace(/^\//, '').replace(/\s+/g, ' ').toLowerCase();
  const inSection = COMMANDS.filter(({ section }) => TOPICS[section] === name);
  if (inSection.length > 0) return { commands: inSection.map(described) };
  const entry = entryNamed(COMMANDS, name);
  if (entry) return { commands: [described(entry)] };
  const begun = COMMANDS.filter((one) => one.name.startsWith(`${name} `));
  if (begun.length > 0) return { commands: begun.map(described) };
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  return meaning ? { commands: [], text: meaning } : unknownCommand(name);
}

function described(entry: CommandEntry): Help['commands'][number] {
  const { name, section: group, summary, example } = entry;
  return { name, group, usage: usage(entry), summary, example };
}
