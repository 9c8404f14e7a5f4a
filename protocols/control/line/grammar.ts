// The grammar of a command line: the words, flags and texts an entry of the table takes, and how its usage line reads.

import type { Outcome } from '../../kit/refusals.js';
import type { ParsedCommand } from '../ui-command.js';

/** What an argument is: a `party` is a user or a group, a `visitor` a name, key or fingerprint on channels. It decides how it is read, and what Tab offers for it. */
export type ArgumentKind =
  | 'user'
  | 'group'
  | 'party'
  | 'channel'
  | 'visitor'
  | 'command'
  | 'event'
  | 'id'
  | 'file'
  | 'seconds'
  | 'pairs'
  | 'words'
  | 'text';

/** `text` takes the rest of the line verbatim, `pairs` and `words` all further words; each can only be the last. */
export interface Argument {
  readonly kind: ArgumentKind;
  readonly name: string;
  readonly isOptional?: true;
}

/**
 * A flag may stand anywhere among the words. Without `value` it is a switch. `from:` has its value in the same word.
 */
export interface Flag {
  readonly name: `--${string}` | `${string}:`;
  readonly value?: string;
}

/** The arguments of one line, read by the grammar of its entry. */
export interface ParsedArguments {
  /** The word or text of that name; empty where an optional one was left out. */
  readonly word: (name: string) => string;
  /** The value of a flag (empty for a switch), or null where it was not given. */
  readonly flag: (name: Flag['name']) => string | null;
  /** The words of `pairs` or `words`. */
  readonly words: readonly string[];
}

export const HELP_SECTIONS = [
  'Being here',
  'People',
  'Talking',
  'Groups',
  'Channels',
  'Posts',
  'Your data',
  'This client',
] as const;
export type HelpSection = (typeof HELP_SECTIONS)[number];

/** One command of the table. A name may have two words. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly section: HelpSection;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly summary: string;
  readonly example: string;
  /** What the line tells the client, a refusal, or null where it was used wrongly and the usage line says enough. */
  readonly parse: (parsed: ParsedArguments) => Outcome<ParsedCommand> | null;
}

/** The usage line: `history <user> [--limit N] [--before ID]`. */
export function usage(entry: CommandEntry): string {
  return [entry.name, ...entry.arguments.map(shownArgument), ...entry.flags.map(shownFlag)].join(' ');
}

function shownArgument(argument: Argument): string {
  if (argument.kind === 'pairs') return `[${argument.name}…]`;
  return argument.isOptional ? `[${argument.name}]` : `<${argument.name}>`;
}

function shownFlag(flag: Flag): string {
  if (flag.value === undefined) return `[${flag.name}]`;
  return hasColon(flag) ? `[${flag.name}${flag.value}]` : `[${flag.name} ${flag.value}]`;
}

/** True iff the flag is one like `from:`. */
export function hasColon({ name }: Flag): boolean {
  return name.endsWith(':');
}
