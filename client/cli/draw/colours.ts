// Colours, or none. A name has the same colour everywhere, readable on dark and on light.

import { utf8 } from '../../../protocols/kit/bytes.js';

export interface Colours {
  /** `shown` in the colour of `name`. */
  name(name: string, shown?: string): string;
  faint(text: string): string;
  bad(text: string): string;
}

export const NO_COLOURS: Colours = {
  name: (name, shown = name) => shown,
  faint: (text) => text,
  bad: (text) => text,
};

/** Of the 256 colours, some with a contrast of 3:1 or more on black as well as on white. */
export const NAME_COLOURS = [29, 31, 32, 62, 64, 97, 98, 100, 130, 133, 161, 166, 168, 127] as const;
const BAD = 160;

export const TERMINAL_COLOURS: Colours = {
  name: (name, shown = name) => coloured(colourOf(name), shown),
  faint: (text) => `\x1b[2m${text}\x1b[22m`,
  bad: (text) => coloured(BAD, text),
};

function coloured(colour: number, text: string): string {
  return `\x1b[38;5;${colour}m${text}\x1b[39m`;
}

function colourOf(name: string): number {
  const hash = utf8(name).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
  return NAME_COLOURS[hash % NAME_COLOURS.length] ?? NAME_COLOURS[0];
}
