// Colours of names: stable, and readable on black and on white.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TERMINAL_COLOURS, NAME_COLOURS } from '../../../../client/cli/draw/colours.js';

const STEPS = [0, 95, 135, 175, 215, 255];

/** Relative luminance of one of the 256 colours (WCAG 2, xterm's cube). */
function luminance(colour: number): number {
  const cube = colour - 16;
  const channels = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => (STEPS[step] ?? 0) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('every colour of a name has a contrast of 3:1 on black and on white', () => {
  for (const colour of NAME_COLOURS) {
    const light = luminance(colour);
    const [onBlack, onWhite] = [(light + 0.05) / 0.05, 1.05 / (light + 0.05)];
    assert.ok(
      onBlack >= 3 && onWhite >= 3,
      `${colour}: ${onBlack.toFixed(1)} on black, ${onWhite.toFixed(1)} on white`,
    );
  }
});

test('a name has one colour everywhere, and different names mostly differ', () => {
  const colourOf = (name: string) => /38;5;(\d+)m/.exec(TERMINAL_COLOURS.name(name, 'x'))?.[1];
  assert.equal(colourOf('bob'), colourOf('bob'));
  const colours = new Set(['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'].map(colourOf));
  assert.ok(colours.size >= 5, [...colours].join(' '));
});
