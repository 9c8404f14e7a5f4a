// Lines that were probably not meant as messages: a command typed as a hint on the screen has it, a channel message.

import { LIMITS } from '../../../../protocols/kit/limits.js';
import { parseLine } from '../../../../protocols/control/line/parse-line.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';

/** What a line tells the person to type: one command, or several. */
const ADVICE = /\btype(?: it)?: (.+)$/i;
const BETWEEN_COMMANDS = /\. |,? or (?=\/?[a-z])/;
/** Where the words of a hint end and its placeholders begin: `<user>`, `NUMBER`. */
const PLACEHOLDER = / (?:<|[A-Z]{3}).*$/;

/** The commands that the screen has told the person to type. */
export class ShownHints {
  private hints: string[] = [];

  /** Remembers the commands in lines of this program. */
  add(lines: readonly string[]): void {
    const advice = lines.flatMap((line) => ADVICE.exec(line)?.[1] ?? []);
    const found = advice.flatMap((text) => text.split(BETWEEN_COMMANDS)).map((hint) => hint.replace(/^\//, ''));
    this.hints = [...this.hints, ...found].slice(-LIMITS.shownHintsMax);
  }

  /** True if the line is one of them, with or without its placeholders filled in. */
  has(line: string): boolean {
    return this.hints.some((hint) => {
      const words = hint.replace(PLACEHOLDER, '');
      return line === words || (words !== hint && line.startsWith(`${words} `));
    });
  }
}

/**
 * What a line of a conversation would be outside it, if it was probably meant so: the line to type for that. Null for
 * an ordinary message.
 */
export function doubtful(
  line: string,
  { conversation, channels, hints }: { conversation: string | null; channels: readonly string[]; hints: ShownHints },
): string | null {
  if (conversation === null) return null;
  const typed = line.trim();
  if (typed.startsWith('/') || !isCommand(typed)) return null;
  const channel = /^#\S+/.exec(typed)?.[0];
  const isMeant = channel === undefined ? hints.has(typed) : channels.includes(channel.slice(1).toLowerCase());
  return isMeant ? `/${typed}` : null;
}

/** True for a command, also one with a wrong value in it. */
function isCommand(typed: string): boolean {
  const command = parseLine(typed, null);
  if (command === null) return false;
  return !(command instanceof Refusal) || (command.code !== 'USAGE' && command.code !== 'COMMAND_UNKNOWN');
}
