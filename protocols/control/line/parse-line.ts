// One typed line becomes what it tells the client, a refusal, or nothing. In a conversation it decides what is sent.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import { spoken } from '../channels/channel-commands.js';
import { COMMANDS } from '../commands.js';
import type { ParsedCommand } from '../ui-command.js';
import { parseArguments, takeWord } from './parse-arguments.js';
import { usage, type CommandEntry } from './grammar.js';
import { broadcast, chat } from './meaning.js';
import { nearest } from './nearest.js';

/** `conversation`: with whom one is open, `group:x` for a group, or null. Null where the line says nothing. */
export function parseLine(line: string, conversation: string | null): Outcome<ParsedCommand | null> {
  if (byteLength(line) > LIMITS.commandLineBytes) return new Refusal('TOO_LARGE', 'a line has at most 32 KiB');
  const typed = line.trimStart();
  if (typed === '') return null;
  if (conversation === null) return parseCommand(typed.startsWith('/') ? typed.slice(1) : typed, null);
  if (typed.startsWith('//')) return talk(conversation, typed.slice(1));
  if (typed.startsWith('/')) return parseCommand(typed.slice(1), conversation);
  if (entryNamed(COMMANDS, typed.trimEnd())?.name === 'exit') return { type: 'leave' };
  return talk(conversation, line);
}

function talk(conversation: string, text: string): Outcome<ParsedCommand> {
  const group = /^group:(.*)$/.exec(conversation)?.[1];
  return group === undefined ? chat(conversation, text) : broadcast(group, text);
}

/** True iff a line of a script is a comment: `#`, followed by a space or nothing. */
export function isComment(line: string): boolean {
  return /^\s*#(\s|$)/.test(line);
}

/** The entry of the table with that name or alias. */
export function entryNamed(table: readonly CommandEntry[], name: string): CommandEntry | null {
  return table.find((entry) => entry.name === name || entry.aliases.includes(name)) ?? null;
}

/** No such command: the refusal names the nearest one. */
export function unknownCommand(typed: string, slash: '' | '/' = ''): Refusal {
  const meant = nearest(
    typed.toLowerCase(),
    COMMANDS.flatMap((entry) => [entry.name, ...entry.aliases]),
  );
  const advice = meant === null ? `Type: ${slash}help` : `Did you mean: ${slash}${meant}`;
  return new Refusal('COMMAND_UNKNOWN', `${slash}${typed.slice(0, 40)}. ${advice}`);
}

function parseCommand(line: string, conversation: string | null): Outcome<ParsedCommand> {
  const first = line.split(/\s/, 1)[0] ?? '';
  if (/^#\S/.test(first)) return saidInChannel(first, line.slice(first.length + 1));
  const found = first === '' ? null : findEntry(COMMANDS, line);
  if (!found) return unknownCommand(first, conversation === null ? '' : '/');
  const { entry, rest } = found;
  if (rest.trim() === '--help') return { type: 'help', topic: entry.name };
  const given = parseArguments(entry, rest);
  const told = given === null || given instanceof Refusal ? given : entry.parse(given);
  if (told === null) return new Refusal('USAGE', usage(entry));
  return !(told instanceof Refusal) && told.type === 'exit' && conversation !== null ? { type: 'leave' } : told;
}

/** `#lab good morning`: whatever conversation is open. */
function saidInChannel(channel: string, text: string): Outcome<ParsedCommand> {
  return text.trim() === '' ? new Refusal('USAGE', `${channel.slice(0, 40)} <text>`) : spoken(channel, text);
}

/** The entry whose name the line begins with, and what follows it. A name of two words goes before one of one. */
export function findEntry(table: readonly CommandEntry[], line: string): { entry: CommandEntry; rest: string } | null {
  const first = takeWord(line);
  const second = takeWord(first.rest);
  const byTwo = entryNamed(table, `${first.word} ${second.word}`.toLowerCase());
  if (byTwo) return { entry: byTwo, rest: second.rest };
  const byOne = entryNamed(table, first.word.toLowerCase());
  return byOne && { entry: byOne, rest: first.rest };
}
