// Makes one file of a package that is hundreds: what costs a program time is how many files it loads.

import { readFileSync } from 'node:fs';
import { inRoot } from '../ready/root.mjs';

/** Compiled modules that only pass on what a package exports. */
const RE_EXPORTS = ['dist/protocols/kit/packages/typebox.js'];

/** Replaces each file by all that it exports again. One that imports nothing any more was done before. */
export async function bundleReExports() {
  for (const file of RE_EXPORTS.map((path) => inRoot(path))) {
    if (/from '[a-z]/.test(readFileSync(file, 'utf8'))) await bundle(file);
  }
}

async function bundle(file) {
  const { rolldown } = await import('rolldown'); // late: this file is read before packages are installed
  const whole = await rolldown({ input: file, platform: 'neutral', logLevel: 'warn' });
  await whole.write({ file: file, format: 'esm' });
  await whole.close();
}
