// The environment of programs under test: ours, without what changes how they speak or where they put things.

import process from 'node:process';

/** The test runner colours its files, and a developer may debug: neither is the program's business. */
const LEFT_OUT = new Set(['FORCE_COLOR', 'NO_COLOR', 'KITH_DEBUG', 'KITH_DATA', 'NODE_OPTIONS']);

export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !LEFT_OUT.has(name));
  return { ...Object.fromEntries(kept), ...more };
}
