// A database keeps what was committed, forgets what was not, and refuses what it does not understand.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { copyDatabase, openDatabase, openSnapshot, type Database } from '../../runtime/sqlite.js';

const MIGRATIONS = ['CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'];

function temporaryFile(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'kith-sqlite-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'test.db');
}

function count(database: Database): number {
  return database.prepare<{ lines: number }>('SELECT count(*) AS lines FROM line').get()?.lines ?? -1;
}

const insert = (database: Database, text: string) => database.prepare('INSERT INTO line (text) VALUES (?)').run(text);

test('what was committed is there after the file was opened again', (context) => {
  const path = temporaryFile(context);
  const first = openDatabase(path, { migrations: MIGRATIONS });
  first.transaction(() => insert(first, 'kept'));
  first.close();
  const second = openDatabase(path, { migrations: MIGRATIONS });
  assert.deepEqual(second.prepare('SELECT text FROM line').all(), [{ text: 'kept' }]);
  second.close();
});

test('a commit waits for the disk, in a write-ahead log, with foreign keys enforced', (context) => {
  const database = openDatabase(temporaryFile(context), { migrations: [] });
  const pragma = (name: string) => Object.values(database.prepare<object>(`PRAGMA ${name}`).get() ?? {})[0] as unknown;
  assert.equal(pragma('journal_mode'), 'wal');
  assert.equal(pragma('synchronous'), 2);
  assert.equal(pragma('foreign_keys'), 1);
  database.close();
});

test('a transaction whose work throws leaves nothing', () => {
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const work = () => {
    insert(database, 'lost');
    throw new Error('on purpose');
  };
  assert.throws(() => database.transaction(work), /on purpose/);
  assert.equal(count(database), 0);
});

test('a transaction inside another is undone with it', () => {
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const work = () => {
    database.transaction(() => insert(database, 'inner'));
    throw new Error('on purpose');
  };
  assert.throws(() => database.transaction(work), /on purpose/);
  assert.equal(count(database), 0);
});

test('work that returns a promise does not compile, and is undone where a cast let it through', () => {
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const work = async () => Promise.resolve(insert(database, 'lost'));
  // @ts-expect-error a promise is refused by the type
  const start: () => unknown = () => database.transaction(work);
  assert.throws(start, /promise/);
  assert.equal(count(database), 0);
});

test('only the migrations a file has not seen are run', (context) => {
  const path = temporaryFile(context);
  openDatabase(path, { migrations: MIGRATIONS }).close();
  const grown = openDatabase(path, { migrations: [...MIGRATIONS, 'ALTER TABLE line ADD COLUMN mood TEXT'] });
  assert.deepEqual(grown.prepare('SELECT text, mood FROM line').all(), []);
  grown.close();
});

test('a migration that fails leaves the file as it was', (context) => {
  const path = temporaryFile(context);
  openDatabase(path, { migrations: MIGRATIONS }).close();
  const broken = [...MIGRATIONS, 'INSERT INTO line (text) VALUES (1); NONSENSE'];
  assert.throws(() => openDatabase(path, { migrations: broken }));
  const again = openDatabase(path, { migrations: MIGRATIONS });
  assert.equal(count(again), 0);
  again.close();
});

test('a file of a newer version is refused with advice', (context) => {
  const path = temporaryFile(context);
  openDatabase(path, { migrations: MIGRATIONS }).close();
  assert.throws(() => openDatabase(path, { migrations: [] }), /newer version of Kith/);
});

test('statements are prepared once, and bytes come back as they went in', () => {
  const database = openDatabase(':memory:', { migrations: ['CREATE TABLE piece (bytes BLOB) STRICT'] });
  const sql = 'INSERT INTO piece VALUES (?)';
  assert.equal(database.prepare(sql), database.prepare(sql));
  assert.equal(database.prepare(sql).run(Uint8Array.of(1, 2, 3)).changes, 1);
  const row = database.prepare<{ bytes: Uint8Array }>('SELECT bytes FROM piece').get();
  assert.deepEqual([...(row?.bytes ?? [])], [1, 2, 3]);
});

test('databases that were opened, closed and forgotten do not end the process (Node 24.19 and newer)', () => {
  for (let round = 0; round < 20; round += 1) {
    const database = openDatabase(':memory:', { migrations: MIGRATIONS });
    database.transaction(() => insert(database, 'forgotten'));
    database.close();
  }
  const held: object[][] = [];
  for (let round = 0; round < 200; round += 1) held[round % 2] = Array.from({ length: 20_000 }, () => ({ round }));
  assert.equal(held.length, 2);
});

test('a snapshot stays as it was while others write', (context) => {
  const path = temporaryFile(context);
  const database = openDatabase(path, { migrations: MIGRATIONS });
  insert(database, 'before');
  const snapshot = openSnapshot(path);
  insert(database, 'after');
  assert.deepEqual([count(snapshot), count(database)], [1, 2]);
  assert.throws(() => insert(snapshot, 'never'), /readonly/);
  snapshot.close();
  database.close();
  assert.throws(() => openSnapshot(`${path}.nowhere`), { code: 'SQLITE_CANTOPEN' });
});

test('a copy has what the file had, the version included, while others have it open', (context) => {
  const path = temporaryFile(context);
  const database = openDatabase(path, { migrations: MIGRATIONS });
  insert(database, 'kept');
  copyDatabase(path, `${path}.copy`);
  insert(database, 'later');
  const copy = openDatabase(`${path}.copy`, { migrations: MIGRATIONS });
  assert.deepEqual(copy.prepare('SELECT text FROM line').all(), [{ text: 'kept' }]);
  assert.throws(() => copyDatabase(path, `${path}.copy`), /exists/);
  copy.close();
  database.close();
});
