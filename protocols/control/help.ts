// The answer of `help`: the entries of the command table as plain fields.

import type { Outcome } from '../kit/refusals.js';
import { COMMANDS } from './command-table.js';
import type { Help } from './commands/ui.js';
import { usage, type CommandEntry } from './line/grammar.js';
import { entryNamed, unknownCommand } from './line/parse-line.js';

/** All commands, or the one named by `topic`, with or without `/`. */
export function help(topic: string | null): Outcome<Help> {
  if (topic === null) return { commands: COMMANDS.map(described) };
  const name = topic.replace(/^\//, '');
  const entry = entryNamed(COMMANDS, name.toLowerCase());
  return entry ? { commands: [described(entry)] } : unknownCommand(name);
}

function described(entry: CommandEntry): Help['commands'][number] {
  const { name, section: group, summary, example } = entry;
  return { name, group, usage: usage(entry), summary, example };
}
