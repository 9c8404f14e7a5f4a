// Parses one typed line into a command, a refusal, or nothing. In a conversation it decides whether the line is sent.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { ParsedCommand } from '../command.js';
import { COMMANDS } from '../command-table.js';
import { channelMessage } from '../commands/channels.js';
import { broadcast } from '../commands/groups.js';
import { say } from '../commands/messages.js';
import { usage, type CommandEntry } from './grammar.js';
import { nearest } from './nearest.js';
import { parseArguments, takeWord } from './parse-arguments.js';

/** `conversation`: the user of the open conversation, `group:x` for a group, or null. Null for an empty line. */
export function parseLine(line: string, conversation: string | null): Outcome<ParsedCommand | null> {
  if (byteLength(line) > LIMITS.commandLineBytes) return new Refusal('TOO_LARGE', 'a line has at most 32 KiB');
  const typed = line.trimStart();
  if (typed === '') return null;
  if (conversation === null) return parseCommand(typed.startsWith('/') ? typed.slice(1) : typed, null);
  if (typed.startsWith('//')) return message(conversation, typed.slice(1));
  if (typed.startsWith('/')) return parseCommand(typed.slice(1), conversation);
  if (entryNamed(COMMANDS, typed.trimEnd())?.name === 'exit') return { type: 'leave' };
  return message(conversation, line);
}

function message(conversation: string, text: string): Outcome<ParsedCommand> {
  const group = /^group:(.*)$/.exec(conversation)?.[1];
  return group === undefined ? say(conversation, text) : broadcast(group, text);
}

/** True for a line that ends the program. */
export function isExit(line: string, conversation: string | null): boolean {
  const command = parseLine(line, conversation);
  return command !== null && !(command instanceof Refusal) && command.type === 'exit';
}

/** True for a comment of a script: `#`, followed by a space or nothing. */
export function isComment(line: string): boolean {
  return /^\s*#(\s|$)/.test(line);
}

/** The entry of the table with that name or alias. */
export function entryNamed<Entry extends CommandEntry>(table: readonly Entry[], name: string): Entry | null {
  return table.find((entry) => entry.name === name || entry.aliases.includes(name)) ?? null;
}

/** The refusal of an unknown command; it names the nearest known one. */
export function unknownCommand(typed: string, slash: '' | '/' = ''): Refusal {
  const known = COMMANDS.flatMap((entry) => [entry.name, ...entry.aliases]);
  const suggestion = nearest(typed.toLowerCase(), known);
  const advice = suggestion === null ? `Type: ${slash}help` : `Did you mean: ${slash}${suggestion}`;
  return new Refusal('COMMAND_UNKNOWN', `${slash}${typed.slice(0, 40)}. ${advice}`);
}

function parseCommand(line: string, conversation: string | null): Outcome<ParsedCommand> {
  const first = line.split(/\s/, 1)[0] ?? '';
  if (/^#\S/.test(first)) return parseChannelMessage(first, line.slice(first.length + 1));
  const found = first === '' ? null : findEntry(COMMANDS, line);
  if (!found) return unknownCommand(first, conversation === null ? '' : '/');
  const { entry, rest } = found;
  if (rest.trim() === '--help') return { type: 'help', topic: entry.name };
  const parsed = parseArguments(entry, rest);
  const command = parsed === null || parsed instanceof Refusal ? parsed : entry.parse(parsed);
  if (command === null) return new Refusal('USAGE', usage(entry));
  const isExit = !(command instanceof Refusal) && command.type === 'exit';
  return isExit && conversation !== null ? { type: 'leave' } : command;
}

/** `#lab good morning`, with or without an open conversation. */
function parseChannelMessage(channel: string, text: string): Outcome<ParsedCommand> {
  return text.trim() === '' ? new Refusal('USAGE', `${channel.slice(0, 40)} <text>`) : channelMessage(channel, text);
}

/** The entry whose name the line begins with, and the rest of the line. A name of two words is tried first. */
export function findEntry<Entry extends CommandEntry>(
  table: readonly Entry[],
  line: string,
): { entry: Entry; rest: string } | null {
  const first = takeWord(line);
  const second = takeWord(first.rest);
  const byTwo = entryNamed(table, `${first.word} ${second.word}`.toLowerCase());
  if (byTwo) return { entry: byTwo, rest: second.rest };
  const byOne = entryNamed(table, first.word.toLowerCase());
  return byOne && { entry: byOne, rest: first.rest };
}
