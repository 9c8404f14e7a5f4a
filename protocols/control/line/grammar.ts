// The grammar of a command line: what an entry of the command table declares, and how its usage line reads.

import type { Outcome } from '../../kit/refusals.js';

/**
 * What an argument is. It decides how the word is read and what Tab offers for it. `party`: a user or a group.
 * `place`: a user, or a group with `group:`. `visitor`: a name, key or fingerprint on channels.
 */
export type ArgumentKind =
  | 'user'
  | 'group'
  | 'party'
  | 'place'
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

/** `text` takes the rest of the line verbatim, `pairs` and `words` take all further words. Each can only be the last. */
export interface Argument {
  readonly kind: ArgumentKind;
  readonly name: string;
  readonly isOptional?: true;
}

/**
 * A flag may stand anywhere among the words. Without `value` it is a switch. `from:` has its value in the same word.
 * With `takesRest`, all words behind the flag are its value, and there may be none.
 */
export interface Flag {
  readonly name: `--${string}` | `${string}:`;
  readonly value?: string;
  readonly takesRest?: true;
}

/** The arguments of one line, read by the grammar of its entry. */
export interface ParsedArguments {
  /** The word or text of that name; empty if an optional one was left out. */
  readonly word: (name: string) => string;
  /** The value of a flag (empty for a switch), or null without the flag. */
  readonly flag: (name: Flag['name']) => string | null;
  /** The words of `pairs` or `words`. */
  readonly words: readonly string[];
}

/** The headings of `help`, in order. */
export const HELP_SECTIONS = [
  'Your account',
  'People',
  'Messages',
  'Groups',
  'Channels',
  'Posts',
  'Your data',
  'This program',
] as const;
export type HelpSection = (typeof HELP_SECTIONS)[number];

/** One command of the table. A name may have two words. */
export interface CommandEntry<Parsed = unknown> {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly section: HelpSection;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly summary: string;
  readonly example: string;
  /** The parsed command, a refusal, or null if the usage line says enough about what is wrong. */
  readonly parse: (parsed: ParsedArguments) => Outcome<Parsed> | null;
}

/** Every command of a section takes these unless its entry says otherwise. */
export const NO_ARGUMENTS = { aliases: [], arguments: [], flags: [] } as const;

export const USER: Argument = { kind: 'user', name: 'user' };
/** Who a conversation is with: `bob`, or `group:lake`. */
export const PLACE: Argument = { kind: 'place', name: 'user' };
export const TEXT: Argument = { kind: 'text', name: 'text' };
export const FILE: Argument = { kind: 'file', name: 'file' };
export const ID: Argument = { kind: 'id', name: 'id' };
export const PAGE_FLAGS = [
  { name: '--limit', value: 'N' },
  { name: '--before', value: 'ID' },
] as const;

/** Of a command that cannot be undone: a terminal asks about it without this flag. */
export const YES_FLAG = { name: '--yes' } as const;

/** The field for a command that was typed with `--yes`. */
export function yesOf(flag: ParsedArguments['flag']): { yes?: true } {
  return flag(YES_FLAG.name) === null ? {} : { yes: true };
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

/** True for a flag like `from:`. */
export function hasColon({ name }: Flag): boolean {
  return name.endsWith(':');
}
