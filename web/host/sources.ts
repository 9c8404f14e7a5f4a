// Time and chance of the browser: the only file of the page that asks for either.

import { steadyClock, type Clock } from '../../protocols/kit/bounds/steady-clock.js';
import type { Dice } from '../../protocols/kit/primitives.js';

export const clock: Clock = steadyClock(Date.now, () => performance.now());

const FRACTION_STEPS = 2 ** 32;

export const dice: Dice = {
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / FRACTION_STEPS,
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
