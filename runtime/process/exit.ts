// How a program ends: the exit codes of the contract, and errors as one line on stderr.

import process from 'node:process';
import { inspect } from 'node:util';
import { explainError } from '../operational-error.js';

/** `bind`: a port could not be had, or an address makes no sense. `refused`: a command of a pipe or `-c` was. */
export const EXIT = { ok: 0, usage: 1, bind: 2, refused: 3, interrupted: 130 } as const;

/** What the host itself uses where a program fails by its own fault. */
const FAULT = 1;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One line about an error; with KITH_DEBUG=1 everything the host knows about it, causes included. */
export function errorLines(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env['KITH_DEBUG'] === '1') return inspect(error);
  return error.message.split('\n', 1)[0] || error.name;
}

/** Says on stderr what is wrong and ends the process. */
export function endWith(code: ExitCode, error: unknown): never {
  process.stderr.write(`${errorLines(error)}\n`);
  process.exit(code);
}

/**
 * From here on a fault of ours (an assertion, a promise nobody caught) ends the process in one line, with the host's
 * code.
 */
export function endOnFault(): void {
  process.stderr.on('error', () => undefined); // there is no other place to complain
  process.on('uncaughtException', (error) => endWith(FAULT, error));
}

/**
 * Calls back once where stdout breaks. A reader who went away, as `head` does, has what they wanted; anything else,
 * like a full disk, is said on stderr.
 */
export function onBrokenOutput(end: (code: ExitCode) => void): void {
  let isBroken = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isBroken) return; // until the program has ended, every further line fails as well
    isBroken = true;
    if (error.code === 'EPIPE') return end(EXIT.ok);
    process.stderr.write(`${explainError(error, 'The output')}\n`);
    end(EXIT.usage);
  });
}
