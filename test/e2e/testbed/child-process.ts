// Child processes of tests: they are killed when the test process ends, for whatever reason.

import type { ChildProcess } from 'node:child_process';
import process from 'node:process';

const alive = new Set<ChildProcess>();

/** Kills the child process at the latest when this process exits. */
export function killOnExit<Child extends ChildProcess>(child: Child): Child {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
