// Processes that tests start: whatever becomes of the tests, they do not outlive them.

import type { ChildProcess } from 'node:child_process';
import process from 'node:process';

const alive = new Set<ChildProcess>();

/** From here on the process ends with us at the latest. */
export function killOnExit<Child extends ChildProcess>(child: Child): Child {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
