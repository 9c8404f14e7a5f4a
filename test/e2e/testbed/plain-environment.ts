// The environment of programs under test: that of this process, without variables that change output or paths.

import process from 'node:process';

/** Set by the test runner or by a developer who debugs. */
const LEFT_OUT = new Set(['FORCE_COLOR', 'NO_COLOR', 'KITH_DEBUG', 'KITH_DATA', 'NODE_OPTIONS']);

export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !LEFT_OUT.has(name));
  return { ...Object.fromEntries(kept), ...more };
}
