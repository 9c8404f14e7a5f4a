// What Tab offers, by the table of commands: each kind of argument has a source of words.

import { EVENT_NAMES } from '../../../protocols/control/event.js';
import { COMMANDS } from '../../../protocols/control/command-table.js';
import { hasColon, type ArgumentKind, type CommandEntry, type Flag } from '../../../protocols/control/line/grammar.js';
import { findEntry } from '../../../protocols/control/line/parse-line.js';

export interface CompletionWords {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly channels: readonly string[];
  readonly ids: readonly string[];
  /** With whom a conversation is open: there, commands begin with a slash and everything else is talk. */
  readonly conversation: string | null;
}

/** Words for the end of the line, and the part of the line they would replace. */
export function completions(line: string, sources: CompletionWords): [words: string[], replaced: string] {
  const typed = line.trimStart();
  const fragment = /\S*$/.exec(typed)?.[0] ?? '';
  const words = candidates(typed, fragment, sources).filter((word) => word.startsWith(fragment));
  return [words.map((word) => `${word} `), fragment];
}

function candidates(typed: string, fragment: string, sources: CompletionWords): readonly string[] {
  const isFirst = fragment === typed;
  const isTalk = sources.conversation !== null && !typed.startsWith('/');
  if (isTalk) return fragment === '' ? [] : sources.users;
  if (isFirst) return firstWords(sources).map((word) => (typed.startsWith('/') ? `/${word}` : word));
  const found = findEntry(COMMANDS, typed.replace(/^\//, ''));
  return found ? arguable(found.entry, wordsBefore(found.rest, fragment), sources) : [];
}

/** Commands, and the channels one can say something in. */
function firstWords({ channels }: CompletionWords): string[] {
  const commands = COMMANDS.map(({ name }) => name).filter((name) => !name.startsWith('#'));
  return [...commands, ...channels.map((channel) => `#${channel}`)];
}

/** How many arguments stand complete before the one being typed. Flags are not counted. */
function wordsBefore(rest: string, fragment: string): number {
  const before = rest.slice(0, rest.length - fragment.length);
  return (before.match(/\S+/g) ?? []).filter((word) => !word.startsWith('--')).length;
}

function arguable(entry: CommandEntry, position: number, sources: CompletionWords): readonly string[] {
  const flags = entry.flags.flatMap((flag) => (hasColon(flag) ? filters(flag, sources) : [flag.name]));
  const argument = entry.arguments[position];
  return argument ? [...wordsFor(argument.kind, sources), ...flags] : flags;
}

/** Whom a search can be narrowed down to. */
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
