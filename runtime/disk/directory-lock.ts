// One process per data directory: whoever holds the lock may use it; the kernel takes the lock back when the process
// dies.
//
// The lock is an open SQLite transaction. So it needs no list of pids that might belong to somebody else by now, no
// socket path of limited length, and works on every system SQLite does; after kill -9 nothing is left that would have
// to be judged.

import { join } from 'node:path';
import process from 'node:process';
import { openDatabase, type Database } from '../sqlite.js';
import { operationalError } from '../operational-error.js';
import { makeFolders } from './folder.js';

const MIGRATIONS = ['CREATE TABLE holder (pid INTEGER NOT NULL) STRICT'];

/** `taken`: another process uses the directory; `pid` is its number, or null in the instant before it has told. */
export type DirectoryLock = { state: 'locked'; release(): void } | { state: 'taken'; pid: number | null };

/**
 * Locks a directory for this process, making it first where there is none. Throws OperationalError where it cannot be
 * written.
 */
export function lockDirectory(directory: string): DirectoryLock {
  try {
    makeFolders(directory);
    return lockFile(join(directory, 'lock.db'));
  } catch (error) {
    throw operationalError(directory, error);
  }
}

function lockFile(path: string): DirectoryLock {
  const database = orBusy(() => openDatabase(path, { migrations: MIGRATIONS, journal: 'DELETE', busyMs: 0 }));
  if (database === null) return { state: 'taken', pid: null };
  if (orBusy(() => hold(database)) !== null) return { state: 'locked', release: () => database.close() };
  const holder = orBusy(() => database.prepare<{ pid: number }>('SELECT pid FROM holder').get());
  database.close();
  return { state: 'taken', pid: holder?.pid ?? null };
}

/** Tells our pid, then begins a transaction that never ends: others can read, but not begin one. */
function hold(database: Database): true {
  database.transaction(() => {
    database.exec('DELETE FROM holder');
    database.prepare('INSERT INTO holder VALUES (?)').run(process.pid);
  });
  database.exec('BEGIN IMMEDIATE');
  return true;
}

/** What `work` gives, or null where another process holds the file. */
function orBusy<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
}
