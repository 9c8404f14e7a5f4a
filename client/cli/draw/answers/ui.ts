// Answers of the user interface itself as lines: help by section, or one command in full.

import type { Help, UiCommandMap } from '../../../../protocols/control/commands/ui.js';
import { HELP_SECTIONS } from '../../../../protocols/control/line/grammar.js';
import type { Drawers } from '../drawers.js';
import { columns } from '../view-options.js';

export const UI_DRAWERS: Drawers<UiCommandMap> = {
  help: (data) => drawHelp(data),
  wait: () => [], // the event was drawn when it came
};

function drawHelp({ commands }: Help): string[] {
  const [only, ...others] = commands;
  if (only && others.length === 0) return [only.usage, `  ${only.summary}`, `  Example: ${only.example}`];
  return [...HELP_SECTIONS.flatMap((section) => drawSection(section, commands)), ...ADVICE];
}

const ADVICE = [
  'In a conversation every line you type is sent. Commands begin with / there; // sends a line that begins with /.',
  'More about one command: help <command>',
];

function drawSection(section: string, commands: Help['commands']): string[] {
  const rows = commands.filter(({ group }) => group === section).map((one) => [withoutFlags(one.usage), one.summary]);
  return rows.length === 0 ? [] : [section, ...columns(rows)];
}

/** The list stays narrow; `help <command>` shows the flags. */
function withoutFlags(usage: string): string {
  return usage.replace(/ \[(--|\w+:).*$/, '');
}
