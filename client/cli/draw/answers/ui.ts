// Answers of the user interface itself as lines: help by section, or one command in full.

import type { Help, UiCommandMap } from '../../../../protocols/control/commands/ui.js';
import { TOPICS } from '../../../../protocols/control/help.js';
import { HELP_SECTIONS, type HelpSection } from '../../../../protocols/control/line/grammar.js';
import type { Drawers } from '../drawers.js';
import { typedHere } from '../typed-here.js';
import { columns } from '../view-options.js';

export const UI_DRAWERS: Drawers<UiCommandMap> = {
  help: (data, _, view) => drawHelp(data).map((line) => typedHere(line, view)),
  wait: () => [], // the event was drawn when it came
};

function drawHelp({ commands, text }: Help): string[] {
  if (text) return [...text];
  const [only, ...others] = commands;
  if (only && others.length === 0) return [only.usage, `  ${only.summary}`, `  Example: ${only.example}`];
  const sections = HELP_SECTIONS.filter((section) => commands.some(({ group }) => group === section));
  return sections.length > 1 ? drawOverview(sections, commands) : drawTopic(commands);
}

/** The commands of each topic in a row: the whole list with its summaries is longer than a screen. */
function drawOverview(sections: readonly HelpSection[], commands: Help['commands']): string[] {
  const rows = sections.map((section) => [
    TOPICS[section],
    commands
      .filter(({ group }) => group === section)
      .map(({ name }) => name)
      .join(', '),
  ]);
  return [...columns(rows), ...ADVICE];
}

const ADVICE = [
  'In a conversation every line you type is sent. Commands begin with / there; // sends a line that begins with /.',
  'For more about one, type: help groups or help post upload or help held',
];

function drawTopic(commands: Help['commands']): string[] {
  return columns(commands.map((one) => [withoutFlags(one.usage), one.summary]));
}

/** The list stays narrow; `help <command>` shows the flags. */
function withoutFlags(usage: string): string {
  return usage.replace(/ \[(--|\w+:).*$/, '');
}
