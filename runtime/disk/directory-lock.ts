// Locks a data directory for one process. The kernel releases the lock when the process ends, even after kill -9.
//
// The lock is an open SQLite transaction. So it needs no pid file, which may name an unrelated process, and no socket
// path of limited length, and it works on every system that SQLite supports.

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { openDatabase, type Database } from '../sqlite.js';
import { isDataDamage, isFileLocked, operationalError } from '../operational-error.js';
import { openPrivateDirectory } from './private-directory.js';

const MIGRATIONS = ['CREATE TABLE holder (pid INTEGER NOT NULL) STRICT'];

/** `taken`: another process uses the directory. `pid`: its number, or null if it has not written it yet. */
export type DirectoryLock = { state: 'locked'; release(): void } | { state: 'taken'; pid: number | null };

/**
 * Locks a directory for this process, making it first where there is none, and closes it to other users. Throws
 * OperationalError where it cannot be written or is shared.
 */
export function lockDirectory(directory: string): DirectoryLock {
  try {
    openPrivateDirectory(directory);
    return lockOrRemake(join(directory, 'lock.db'));
  } catch (error) {
    throw operationalError(directory, error, { data: '--data' });
  }
}

/** A damaged lock file says nothing that is worth keeping. It is moved aside, as it may be another program's. */
function lockOrRemake(path: string): DirectoryLock {
  try {
    return lockFile(path);
  } catch (error) {
    if (!isDataDamage(error)) throw error;
    renameSync(path, `${path}.damaged`);
    return lockFile(path);
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

/** Writes our pid, then begins a transaction that never ends: others can read, but cannot begin one. */
function hold(database: Database): true {
  database.transaction(() => {
    database.exec('DELETE FROM holder');
    database.prepare('INSERT INTO holder VALUES (?)').run(process.pid);
  });
  database.exec('BEGIN IMMEDIATE');
  return true;
}

/** The result of `work`, or null if another process has locked the file. */
function orBusy<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (isFileLocked(error)) return null;
    throw error;
  }
}
