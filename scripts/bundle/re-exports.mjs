// Makes one file of a package that is hundreds: what costs a program time is how many files it loads.

import { readFileSync } from 'node:fs';
import { inRoot } from '../ready/root.mjs';

/** Compiled modules that only pass on what a package exports. */
const DOORS = ['dist/protocols/kit/packages/typebox.js'];

/** Replaces each door by all that it passes on. One that imports nothing any more was done before. */
export async function bundleDoors() {
  for (const door of DOORS.map((path) => inRoot(path))) {
    if (/from '[a-z]/.test(readFileSync(door, 'utf8'))) await bundle(door);
  }
}

async function bundle(door) {
  const { rolldown } = await import('rolldown'); // late: this file is read before packages are installed
  const whole = await rolldown({ input: door, platform: 'neutral', logLevel: 'warn' });
  await whole.write({ file: door, format: 'esm' });
  await whole.close();
}
