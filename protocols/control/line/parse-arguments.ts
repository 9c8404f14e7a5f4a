// Reads the arguments of a line by the grammar of its entry: names canonical, flags picked out, texts verbatim.

import { canonicalChannel, canonicalName } from '../../kit/names.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import { pathWords } from './path-words.js';
import { hasColon, type Argument, type CommandEntry, type Flag, type ParsedArguments } from './grammar.js';

/** The first word of a line, and the rest after exactly one separator. The word of an empty line is empty. */
export function takeWord(line: string): { word: string; rest: string } {
  const typed = line.trimStart();
  const end = typed.search(/\s/);
  return end < 0 ? { word: typed, rest: '' } : { word: typed.slice(0, end), rest: typed.slice(end + 1) };
}

/** The arguments in `line`, a refusal of one of them, or null if they do not fit the grammar. */
export function parseArguments(entry: CommandEntry, line: string): Outcome<ParsedArguments> | null {
  const split = entry.arguments.at(-1)?.kind === 'text' ? splitText(entry, line) : splitWords(entry, line);
  return split && assign(entry, split);
}

interface Split {
  readonly words: string[];
  readonly flags: Map<string, string>;
}

/** Like `takeWord`, but quotes keep words together: a fingerprint has several. */
function takeQuoted(line: string): { word: string; rest: string } {
  const [whole, word] = /^\s*"([^"]*)"(?:\s|$)/.exec(line) ?? [];
  return whole === undefined || word === undefined ? takeWord(line) : { word, rest: line.slice(whole.length) };
}

/** The words before the text, and the text verbatim. An empty text counts as left out. */
function splitText(entry: CommandEntry, line: string): Split {
  const words: string[] = [];
  let rest = line;
  for (let k = 1; k < entry.arguments.length; k += 1) {
    const taken = entry.arguments[k - 1]?.kind === 'visitor' ? takeQuoted(rest) : takeWord(rest);
    if (taken.word !== '') words.push(taken.word);
    rest = taken.rest;
  }
  if (rest !== '') words.push(rest);
  return { words, flags: new Map() };
}

/** Quotes hold words together at the start of a word, or of the value of a flag. Elsewhere `'` is an apostrophe. */
const WORD = /(?:[^\s"'=:]*[=:])?(?:"[^"]*"|'[^']*')(?=\s|$)|\S+/g;
const QUOTED = /^((?:[^\s"'=:]*[=:])?)(?:"([^"]*)"|'([^']*)')$/;

function quotedWords(line: string): string[] {
  return (line.match(WORD) ?? []).map((word) => word.replace(QUOTED, '$1$2$3'));
}

function takesPath({ arguments: all, flags }: CommandEntry): boolean {
  return all.some(({ kind }) => kind === 'file') || flags.some(({ value }) => value === 'PATH' || value === 'FOLDER');
}

/**
 * Words as a shell splits them, including quotes. A word with dashes that is no flag of the entry counts as a word: ids
 * can begin with a dash. Null if a flag lacks its value.
 */
function splitWords(entry: CommandEntry, line: string): Split | null {
  const all = takesPath(entry) ? pathWords(line) : quotedWords(line);
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let k = 0; k < all.length; k += 1) {
    const word = all[k] ?? '';
    const flag = entry.flags.find((one) => begins(word, one));
    if (!flag) words.push(word);
    else if (flag.takesRest) {
      const behind = all.splice(k + 1);
      flags.set(flag.name, [word.slice(flag.name.length + 1), ...behind].join(' ').trim());
    } else {
      const value = flagValue(flag, word, all[k + 1]);
      if (value === null) return null;
      flags.set(flag.name, value);
      if (value !== '' && word === flag.name) k += 1;
    }
  }
  return { words, flags };
}

function begins(word: string, flag: Flag): boolean {
  return hasColon(flag) ? word.startsWith(flag.name) : word === flag.name || word.startsWith(`${flag.name}=`);
}

/** The value in `--flag=value` or in the next word; empty for a switch; null if it is missing, or a switch has one. */
function flagValue(flag: Flag, word: string, next: string | undefined): string | null {
  if (hasColon(flag)) return word.slice(flag.name.length) || null;
  const inWord = word === flag.name ? undefined : word.slice(flag.name.length + 1);
  if (flag.value === undefined) return inWord === undefined ? '' : null;
  return inWord || next || null;
}

function assign(entry: CommandEntry, { words, flags }: Split): Outcome<ParsedArguments> | null {
  const named = new Map<string, string>();
  let further: string[] = [];
  for (const argument of entry.arguments) {
    if (argument.kind === 'pairs' || argument.kind === 'words') further = words.splice(0);
    else if (isLeftOut(argument, words[0])) continue;
    else {
      const word = readWord(argument, words.shift());
      if (word === null || word instanceof Refusal) return word;
      named.set(argument.name, word);
    }
  }
  if (words.length > 0) return null;
  return { word: (name) => named.get(name) ?? '', flag: (name) => flags.get(name) ?? null, words: further };
}

function isLeftOut(argument: Argument, next: string | undefined): boolean {
  if (!argument.isOptional) return false;
  return next === undefined || (argument.kind === 'seconds' && !/^[\d.]+$/.test(next));
}

/** Prefixes that a name can have. For a party or a place the prefix stays: it says whether a user or a group is meant. */
const PREFIXES: Partial<Record<Argument['kind'], RegExp>> = {
  user: /^user:/,
  group: /^group:/,
  party: /^(user|group):/,
  place: /^(user|group):/,
};

function readWord(argument: Argument, word: string | undefined): Outcome<string> | null {
  if (word === undefined) return null;
  if (argument.kind === 'channel') return canonicalChannel(word) ?? new Refusal('CHANNEL_INVALID', word.slice(0, 40));
  const prefixes = PREFIXES[argument.kind];
  if (prefixes === undefined) return word;
  const prefix = prefixes.exec(word)?.[0] ?? '';
  const typed = word.slice(prefix.length);
  const name = canonicalName(typed);
  if (name === null) return new Refusal('NAME_INVALID', typed.slice(0, 40));
  return argument.kind === 'party' || argument.kind === 'place' ? `${prefix}${name}` : name;
}
