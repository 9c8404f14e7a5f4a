// Hints say what must be typed here: in a conversation a command begins with a slash.

import { COMMANDS } from '../../../protocols/control/command-table.js';
import type { ViewOptions } from './view-options.js';

/** The end of a line that says what to type, and where a command begins in it. */
const ADVICE = /\btype(?: it)?: .*$/i;
const COMMAND = new RegExp(`(: |\\bor )(?=#\\w|(?:${COMMANDS.map(({ name }) => name).join('|')})\\b)`, 'g');

/** A line of this program (`… Type: verify bob`), its commands with a slash if a conversation is open. */
export function typedHere(line: string, { conversation }: Pick<ViewOptions, 'conversation'>): string {
  return conversation === null ? line : line.replace(ADVICE, (advice) => advice.replace(COMMAND, '$1/'));
}
