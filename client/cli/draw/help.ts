// Help, drawn from the table of commands: all of them by group, or one of them in full.

import { HELP_SECTIONS } from '../../../protocols/control/line/grammar.js';
import type { Help } from '../command-runner.js';
import { columns } from './view-options.js';

export function drawHelp({ commands }: Help): string[] {
  const [only, ...others] = commands;
  if (only && others.length === 0) return [only.usage, `  ${only.summary}`, `  Example: ${only.example}`];
  return [...HELP_SECTIONS.flatMap((group) => drawGroup(group, commands)), ...ADVICE];
}

const ADVICE = [
  'In a conversation every line is sent; commands begin with /, and // sends a line that begins with /.',
  'More about one command: help <command>',
];

function drawGroup(group: string, commands: Help['commands']): string[] {
  const rows = commands.filter((one) => one.group === group).map((one) => [withoutFlags(one.usage), one.summary]);
  return rows.length === 0 ? [] : [group, ...columns(rows)];
}

/** The list stays narrow; the flags show in the help of the command itself. */
function withoutFlags(usage: string): string {
  return usage.replace(/ \[(--|\w+:).*$/, '');
}
