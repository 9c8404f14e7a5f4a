// The log of a program: JSON lines by pino on stderr. KITH_LOG sets the level. A silent program does not load pino.

import process from 'node:process';
import type { Logger } from 'pino';
import { OperationalError } from './operational-error.js';

/** debug: an unusual case; info: what a user would notice; warn: an operator should look; error: the program stops. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

const NOTHING = (): void => undefined;
const SILENT: Log = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };

/** Opens the log of a program. `usual`: the level without KITH_LOG (servers `info`, clients `silent`). */
export async function openLog(name: string, usual: 'info' | 'silent'): Promise<Log> {
  const level = process.env['KITH_LOG'] ?? usual;
  if (!LEVELS.includes(level))
    throw new OperationalError(`KITH_LOG cannot be "${level}". Use one of ${LEVELS.join(', ')}.`);
  if (level === 'silent') return SILENT;
  const { pino } = await import('pino');
  const log: Log = pino({ name, level }, pino.destination({ fd: 2, sync: true }));
  return log;
}
