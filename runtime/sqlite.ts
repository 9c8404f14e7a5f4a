// The access to SQLite: opens a database file durably, migrates it to the newest version, and prepares each statement
// once.

import { closeSync, openSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { LIMITS } from '../protocols/kit/limits.js';
import { assert } from '../protocols/kit/machine.js';

const OWNER_ONLY = 0o600;

/** The values that SQLite stores. Integers beyond 2^53 are not used here. */
export type SqlValue = string | number | null | Uint8Array;

export interface Statement<Row> {
  run(...values: SqlValue[]): { changes: number };
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

/** A type error for a transaction whose work returns a promise: it would commit before the work is done. */
export type Synchronous<T> = [Extract<T, PromiseLike<unknown>>] extends [never] ? unknown : never;

export interface Database {
  /** The statement of this SQL text, prepared once. `Row`: the caller's type of what the SQL selects. */
  prepare<Row = unknown>(sql: string): Statement<Row>;
  /** Runs statements without values and rows. */
  exec(sql: string): void;
  /** Commits the changes of `work`, or rolls them back if it throws. Inside another transaction it is part of that. */
  transaction<T>(work: (() => T) & Synchronous<T>): T;
  /** Bytes of the pages in use, the journal included. */
  usedBytes(): number;
  close(): void;
}

export interface DatabaseOptions {
  /** `migrations[n]` migrates version n to n + 1. Never change a released migration; append a new one. */
  readonly migrations: readonly string[];
  /** `FULL`: a commit is on disk when it returns. `NORMAL`: a power failure may lose the last commits. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** `DELETE` keeps everything in one file, for a database that is rarely written. */
  readonly journal?: 'WAL' | 'DELETE';
  /** How long a statement waits for another process that has locked the file. */
  readonly busyMs?: number;
}

/** Opens a database file (or `:memory:`), creates or migrates it. Throws if the file is newer than this program. */
export function openDatabase(path: string, options: DatabaseOptions): Database {
  if (path !== ':memory:') createPrivately(path);
  const connection = keepForLife(new SQLite(path, { timeout: options.busyMs ?? LIMITS.databaseOpenBusyMs }));
  try {
    connection.exec(`PRAGMA journal_mode = ${options.journal ?? 'WAL'}`);
    connection.exec(`PRAGMA synchronous = ${options.synchronous ?? 'FULL'}`);
    connection.exec('PRAGMA foreign_keys = ON');
    migrate(connection, options.migrations);
    connection.exec(`PRAGMA busy_timeout = ${options.busyMs ?? LIMITS.databaseBusyMs}`);
  } catch (error) {
    connection.close();
    throw error;
  }
  return new OpenDatabase(connection);
}

/** SQLite gives its journals the mode of the database file, which it would create for all to read. */
function createPrivately(path: string): void {
  closeSync(openSync(path, 'a', OWNER_ONLY));
}

/** Opens a file for reading as it is now, even if another process writes to it meanwhile. */
export function openSnapshot(path: string): Database {
  const connection = openToRead(path);
  connection.exec('BEGIN; SELECT count(*) FROM sqlite_schema'); // the first read fixes the snapshot
  return new OpenDatabase(connection);
}

/** Writes the present content of a database to a new file: about 2 s for a million messages. */
export function copyDatabase(from: string, to: string): void {
  const connection = openToRead(from);
  try {
    keepForLife(connection.prepare('VACUUM INTO ?')).run(to);
  } finally {
    connection.close();
  }
}

function openToRead(path: string): SQLite.Database {
  const options = { readonly: true, fileMustExist: true, timeout: LIMITS.databaseBusyMs };
  return keepForLife(new SQLite(path, options));
}

/**
 * Node 24.19 and later abort when a native object of better-sqlite3 12 is garbage-collected, and better-sqlite3 13 does
 * not run on Node 20. So none ever becomes garbage: a process has a few databases, each with a closed set of
 * statements. `pragma()` and `iterate()` create such objects internally, so they are not used.
 */
const kept: object[] = [];

function keepForLife<T extends object>(native: T): T {
  kept.push(native);
  return native;
}

function migrate(connection: SQLite.Database, migrations: readonly string[]): void {
  const version = Number(keepForLife(connection.prepare('PRAGMA user_version')).pluck().get());
  if (version > migrations.length) {
    throw new Error(
      `${connection.name} was written by a newer version of Kith. Use that version, or another directory.`,
    );
  }
  for (let at = version; at < migrations.length; at += 1) {
    const step = connection.transaction(() => {
      connection.exec(migrations[at] ?? '');
      connection.exec(`PRAGMA user_version = ${at + 1}`);
    });
    step.immediate();
  }
}

class OpenDatabase implements Database {
  private readonly statements = new Map<string, Statement<unknown>>();
  private readonly atomically: SQLite.Transaction<(work: () => unknown) => unknown>;

  constructor(private readonly connection: SQLite.Database) {
    this.atomically = connection.transaction((work: () => unknown) => work());
  }

  prepare<Row = unknown>(sql: string): Statement<Row> {
    const known = this.statements.get(sql) ?? this.remember(sql);
    return known as Statement<Row>;
  }

  exec(sql: string): void {
    this.connection.exec(sql);
  }

  transaction<T>(work: (() => T) & Synchronous<T>): T {
    return this.atomically.immediate(work) as T;
  }

  usedBytes(): number {
    const read = (what: string): number => Number(Object.values(this.prepare<object>(`PRAGMA ${what}`).get() ?? {})[0]);
    return (read('page_count') - read('freelist_count')) * read('page_size');
  }

  close(): void {
    this.statements.clear();
    this.connection.close();
  }

  private remember(sql: string): Statement<unknown> {
    assert(
      this.statements.size < LIMITS.statementsPreparedMax,
      'SQL texts are a closed set, none is built at run time',
    );
    const statement: Statement<unknown> = keepForLife(this.connection.prepare<SqlValue[], unknown>(sql));
    this.statements.set(sql, statement);
    return statement;
  }
}
