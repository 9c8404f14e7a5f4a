// The words that Tab offers, by the command table: each kind of argument has its list of words.

import { EVENT_NAMES } from '../../../protocols/control/event.js';
import { COMMANDS } from '../../../protocols/control/command-table.js';
import { hasColon, type ArgumentKind, type CommandEntry, type Flag } from '../../../protocols/control/line/grammar.js';
import { findEntry } from '../../../protocols/control/line/parse-line.js';

export interface CompletionWords {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly channels: readonly string[];
  readonly ids: readonly string[];
  /** The open conversation, or null. In one, commands begin with a slash and all other lines are messages. */
  readonly conversation: string | null;
}

/** Words for the end of the line, and the part of the line they replace. */
export function completions(line: string, known: CompletionWords): [words: string[], replaced: string] {
  const typed = line.trimStart();
  const fragment = /\S*$/.exec(typed)?.[0] ?? '';
  const words = candidates(typed, fragment, known).filter((word) => word.startsWith(fragment));
  return [words.map((word) => `${word} `), fragment];
}

function candidates(typed: string, fragment: string, known: CompletionWords): readonly string[] {
  const isFirst = fragment === typed;
  const isMessage = known.conversation !== null && !typed.startsWith('/');
  if (isMessage) return fragment === '' ? [] : known.users;
  if (isFirst) return firstWords(known).map((word) => (typed.startsWith('/') ? `/${word}` : word));
  const found = findEntry(COMMANDS, typed.replace(/^\//, ''));
  return found ? wordsAt(found.entry, wordsBefore(found.rest, fragment), known) : [];
}

/** Commands, and channels to write to. */
function firstWords({ channels }: CompletionWords): string[] {
  const commands = COMMANDS.map(({ name }) => name).filter((name) => !name.startsWith('#'));
  return [...commands, ...channels.map((channel) => `#${channel}`)];
}

/** The number of complete arguments before the one being typed, without flags. */
function wordsBefore(rest: string, fragment: string): number {
  const before = rest.slice(0, rest.length - fragment.length);
  return (before.match(/\S+/g) ?? []).filter((word) => !word.startsWith('--')).length;
}

function wordsAt(entry: CommandEntry, position: number, known: CompletionWords): readonly string[] {
  const flags = entry.flags.flatMap((flag) => (hasColon(flag) ? filters(flag, known) : [flag.name]));
  if (entry.name === 'help') return COMMANDS.map(({ name }) => name);
  const argument = entry.arguments[position];
  return argument ? [...wordsFor(argument.kind, known), ...flags] : flags;
}

/** The filters of a search, with the users they can name. */
function filters({ name, value }: Flag, { users }: CompletionWords): readonly string[] {
  return value === 'DATE' ? [] : users.map((user) => `${name}${user}`);
}

function wordsFor(kind: ArgumentKind, { users, groups, channels, ids }: CompletionWords): readonly string[] {
  switch (kind) {
    case 'user':
    case 'visitor':
      return users;
    case 'channel':
      return channels;
    case 'group':
      return groups;
    case 'party':
      return [...users, ...groups];
    case 'place':
      return [...users, ...groups.map((group) => `group:${group}`)];
    case 'id':
      return ids;
    case 'command':
      return COMMANDS.map(({ name }) => name);
    case 'event':
      return EVENT_NAMES;
    case 'seconds':
    case 'pairs':
    case 'words':
    case 'file':
    case 'text':
      return [];
  }
}
