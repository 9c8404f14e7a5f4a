// The one door to SQLite: a database file opened for durability, migrated to the newest form, with statements
// prepared once.

import SQLite from 'better-sqlite3';
import { LIMITS } from '../protocols/kit/limits.js';

/** What SQLite stores and gives back. Integers beyond 2^53 are not used here. */
export type SqlValue = string | number | null | Uint8Array;

export interface Statement<Row> {
  run(...values: SqlValue[]): { changes: number };
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

/** Refuses, when compiling, a transaction whose work returns a promise: it would commit before the work is done. */
export type Synchronous<T> = [Extract<T, PromiseLike<unknown>>] extends [never] ? unknown : never;

export interface Database {
  /** The statement of this SQL text, prepared once. `Row` is the caller's word for what the SQL selects. */
  prepare<Row = unknown>(sql: string): Statement<Row>;
  /** Runs statements that take no values and give no rows. */
  exec(sql: string): void;
  /** Commits what `work` did, or undoes all of it where it throws. Inside another transaction: a part of that one. */
  transaction<T>(work: (() => T) & Synchronous<T>): T;
  close(): void;
}

/** A file as it is at one moment, whatever others write to it meanwhile. */
export interface Snapshot extends Database {
  /** Writes a whole copy to a new file, a bit at a time. */
  copyTo(path: string): Promise<void>;
}

export interface DatabaseOptions {
  /** `migrations[n]` takes a database of version n to version n + 1. Never change one that was released; append. */
  readonly migrations: readonly string[];
  /** `FULL`: a commit is on the disk when it returns. `NORMAL`: a power cut may take the last commits with it. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** `DELETE` keeps everything in one file, for a database that is hardly ever written. */
  readonly journal?: 'WAL' | 'DELETE';
  /** How long a statement waits for another process that holds the file. */
  readonly busyMs?: number;
}

/** Opens a database file (or `:memory:`), making or migrating it. Throws where the file is newer than this program. */
export function openDatabase(path: string, options: DatabaseOptions): Database {
  const connection = new SQLite(path, { timeout: options.busyMs ?? LIMITS.databaseBusyMs });
  try {
    connection.pragma(`journal_mode = ${options.journal ?? 'WAL'}`);
    connection.pragma(`synchronous = ${options.synchronous ?? 'FULL'}`);
    connection.pragma('foreign_keys = ON');
    migrate(connection, options.migrations);
  } catch (error) {
    connection.close();
    throw error;
  }
  return new OpenDatabase(connection);
}

/** Opens a file that somebody else may have open, to read it as it is now. */
export function openSnapshot(path: string): Snapshot {
  const connection = new SQLite(path, { readonly: true, fileMustExist: true, timeout: LIMITS.databaseBusyMs });
  try {
    connection.exec('BEGIN');
    connection.prepare('SELECT count(*) FROM sqlite_schema').get(); // the first read is what pins the moment
  } catch (error) {
    connection.close();
    throw error;
  }
  return new OpenSnapshot(connection);
}

function migrate(connection: SQLite.Database, migrations: readonly string[]): void {
  const version = Number(connection.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    throw new Error(
      `${connection.name} was written by a newer version of Kith. Use that version, or another directory.`,
    );
  }
  for (let at = version; at < migrations.length; at += 1) {
    const step = connection.transaction(() => {
      connection.exec(migrations[at] ?? '');
      connection.pragma(`user_version = ${at + 1}`);
    });
    step.immediate();
  }
}

class OpenDatabase implements Database {
  private readonly statements = new Map<string, Statement<unknown>>();
  private readonly atomically: SQLite.Transaction<(work: () => unknown) => unknown>;

  constructor(protected readonly connection: SQLite.Database) {
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

  close(): void {
    this.statements.clear();
    this.connection.close();
  }

  /** SQL texts are a closed set of ours; should one be built at run time after all, the oldest makes room. */
  private remember(sql: string): Statement<unknown> {
    const [oldest] = this.statements.keys();
    if (oldest !== undefined && this.statements.size >= LIMITS.statementsPrepared) this.statements.delete(oldest);
    const statement: Statement<unknown> = this.connection.prepare<SqlValue[], unknown>(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

class OpenSnapshot extends OpenDatabase implements Snapshot {
  async copyTo(path: string): Promise<void> {
    await this.connection.backup(path);
  }
}
