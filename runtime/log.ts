// Logs go to stderr, as JSON lines by pino; KITH_LOG chooses the level. A quiet program does not even load the library.

import process from 'node:process';
import type { Logger } from 'pino';
import { OperationalError } from './operational-error.js';

/** debug: a deviation worth knowing; info: what a user would notice; warn: someone should look; error: we stop. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

const NOTHING = (): void => undefined;
const SILENT: Log = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };

/** The log of a program. `usual`: the level where KITH_LOG does not say (servers `info`, clients `silent`). */
export async function openLog(name: string, usual: 'info' | 'silent'): Promise<Log> {
  const level = process.env['KITH_LOG'] ?? usual;
  if (!LEVELS.includes(level))
    throw new OperationalError(`KITH_LOG cannot be "${level}". Use one of ${LEVELS.join(', ')}.`);
  if (level === 'silent') return SILENT;
  const { pino } = await import('pino');
  const log: Log = pino({ name, level }, pino.destination({ fd: 2, sync: true }));
  return log;
}
