// How a program ends: the exit codes of the contract, and errors as one line on stderr.

import process from 'node:process';
import { inspect } from 'node:util';
import { explainError } from '../operational-error.js';

/** `bind`: a port is not available, or an address is not valid. `refused`: a command of a pipe or of `-c` failed. */
export const EXIT = { ok: 0, usage: 1, bind: 2, refused: 3, interrupted: 130 } as const;

/** Node's own exit code for an uncaught exception. */
const FAULT = 1;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One line about an error. With KITH_DEBUG=1: the stack and all causes. */
export function errorLines(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env['KITH_DEBUG'] === '1') return inspect(error);
  return error.message.split('\n', 1)[0] || error.name;
}

/** Prints the error to stderr and ends the process. */
export function endWith(code: ExitCode, error: unknown): never {
  process.stderr.write(`${errorLines(error)}\n`);
  process.exit(code);
}

/** From now on, a bug (a failed assertion, an unhandled rejection) prints one line and ends the process. */
export function endOnFault(): void {
  process.stderr.on('error', () => undefined); // there is no other place to report it
  process.on('uncaughtException', (error) => endWith(FAULT, error));
}

/**
 * Calls `end` once if stdout breaks. A closed pipe, as by `head`, is a normal end. Any other error, such as a full
 * disk, is printed to stderr.
 */
export function onBrokenOutput(end: (code: ExitCode) => void): void {
  let isBroken = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isBroken) return; // every further line fails as well until the program has ended
    isBroken = true;
    if (error.code === 'EPIPE') return end(EXIT.ok);
    process.stderr.write(`${explainError(error, 'The output')}\n`);
    end(EXIT.usage);
  });
}
