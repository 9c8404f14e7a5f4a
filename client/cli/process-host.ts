// The host of a real process: its streams, its clock, its signals.

import process from 'node:process';
import { clock } from '../../runtime/sources.js';
import type { Host } from './host.js';

export function processHost(): Host {
  const { stdin: input, stdout: output, stderr: errors, env } = process;
  const hasColours = (env['NO_COLOR'] ?? '') === '' && output.isTTY && output.hasColors(256);
  return {
    input,
    output,
    errors,
    clock: { now: () => clock.now(), wake },
    zone: undefined,
    hasColours,
    hasCursor: env['TERM'] !== 'dumb',
    passphrase: env['KITH_PASSPHRASE'] || undefined,
    onInterrupt: (listener) => void process.on('SIGINT', listener),
    onExit: (listener) => void process.once('exit', listener),
    suspend,
  };
}

function wake(at: number, ring: () => void): () => void {
  const timer = setTimeout(ring, Math.max(0, at - clock.now()));
  return () => clearTimeout(timer);
}

/** Signals the whole process group: under `npm start` the shell also waits for the parent process. */
function suspend(resumed: () => void): void {
  process.once('SIGCONT', resumed);
  process.kill(0, 'SIGTSTP');
}
