// The store on disk: committed data is there when the file is opened again, and no query scans all messages.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { MIGRATIONS } from '../../../../client/store/sqlite/schema.js';
import { SqliteStore, openSqliteStore } from '../../../../client/store/sqlite/sqlite-store.js';
import { openDatabase, type SqlValue, type Statement } from '../../../../runtime/sqlite.js';
import {
  BOBS_DEVICE,
  MY_DEVICE,
  fromBob,
  sampleKey,
  samplePerson,
  toBob,
} from '../../../contracts/client-store/samples.js';
import { everything } from '../../../contracts/client-store/operations.js';

const PAGE_BYTES = 4_096;

/** Each index costs time with every message, so each must serve a query. */
const INDEXES = ['by_lane', 'in_order', 'unread', 'held_back', 'unseen'].map((name) => `messages_${name}`);

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kith-store-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Opens the same file each time. Runs are short, so that some ids are in the table and some are not. */
function open(idsPerRun = 4): SqliteStore {
  return new SqliteStore(openDatabase(join(directory, 'client.db'), { migrations: MIGRATIONS }), idsPerRun);
}

function fill(store: SqliteStore, messages: number): void {
  store.transaction(() => {
    for (let seq = 1; seq <= messages; seq += 1) store.addMessage(fromBob(seq));
    for (let seq = 1; seq <= messages; seq += 1) store.addOutgoing(toBob(seq));
    store.settle(toBob(1).id, 'delivered');
    store.markHeld([toBob(2).id], 7);
    store.putPerson(samplePerson('bob', { note: 'hi' }));
    store.addLetter({ to: 'bob', kind: 'bye', body: '{}', at: 3 });
    store.putSetting('record', 'mine');
  });
}

test('after reopening, the store has everything', () => {
  const first = open();
  fill(first, 10);
  const before = everything(first);
  first.close();
  const second = open();
  assert.deepEqual(everything(second), before);
  assert.equal(second.setting('record'), 'mine');
  assert.equal(second.seeLetter('a', 1), true);
  second.close();
});

test('after repeated reopening, every message is found by its id', () => {
  for (let life = 1; life <= 12; life += 1) {
    const store = open(5);
    store.transaction(() => store.addMessage(fromBob(life)));
    for (let seq = 1; seq <= life; seq += 1) assert.deepEqual(store.message(fromBob(seq).id), fromBob(seq));
    assert.equal(store.addMessage(fromBob(1)), 'known');
    store.close();
  }
});

test('program runs too short to move a run of ids do not make later starts slower', () => {
  for (let life = 1; life <= 12; life += 1) {
    const store = open(5);
    store.transaction(() => store.addMessage(fromBob(life)));
    store.close();
  }
  const database = openDatabase(join(directory, 'client.db'), { migrations: MIGRATIONS });
  const moved = database.prepare<{ ids: number }>('SELECT count(*) AS ids FROM message_ids').get();
  assert.ok((moved?.ids ?? 0) >= 10);
  database.close();
});

test('after reopening, new devices keep the order of the old ones', () => {
  for (const letter of ['m', 'c', 'x', 'd']) {
    const store = open();
    store.addMessage(fromBob(1, { device: sampleKey(letter), id: `${letter.repeat(21)}A` }));
    store.close();
  }
  const store = open();
  assert.deepEqual(
    store.history('bob', 9, null).map(({ id }) => id[0]),
    ['c', 'd', 'm', 'x'],
  );
  store.close();
});

test('after reopening, the counter of starts continues', () => {
  for (const start of [1, 2, 3]) {
    const store = openSqliteStore(join(directory, 'client.db'));
    assert.equal(store.raiseBoot(), start);
    store.close();
  }
});

test('after reopening, indexed messages are found once, and the others too', () => {
  const query = { words: ['bob'], author: null, peer: null, before: null, limit: 99 };
  const first = open();
  fill(first, 5);
  assert.equal(first.indexSome(), false);
  first.addMessage(fromBob(6));
  first.close();
  const second = open();
  assert.equal(second.search(query).length, 11);
  assert.equal(second.search(query)[0]?.text, 'bob 6');
  second.close();
});

test('indexSome indexes a bounded number of messages', () => {
  const store = open();
  store.transaction(() => {
    for (let seq = 1; seq <= LIMITS.messagesIndexedPerBatch + 1; seq += 1) store.addMessage(fromBob(seq));
  });
  assert.deepEqual([store.indexSome(), store.indexSome(), store.indexSome()], [true, false, false]);
  store.close();
});

test('the row of a removed message is not used again, so a new message is indexed and its id is moved', () => {
  for (let life = 1; life <= 6; life += 1) {
    const store = open(1);
    store.addOutgoing(toBob(life, { text: `lake ${life}` }));
    assert.equal(store.search({ words: ['lake'], author: null, peer: null, before: null, limit: 9 }).length, 1);
    assert.deepEqual(store.message(toBob(life).id)?.text, `lake ${life}`);
    store.close();
    const again = open(1);
    assert.equal(again.message(toBob(life).id)?.text, `lake ${life}`);
    again.dropUnsettled(toBob(life).id);
    again.close();
  }
});

test('a damaged file is detected', () => {
  const path = join(directory, 'client.db');
  const store = open();
  fill(store, 200);
  assert.equal(store.isIntact(), true);
  store.close();
  const database = openDatabase(path, { migrations: MIGRATIONS });
  const root = database.prepare<{ page: number }>(`
    SELECT rootpage AS page FROM sqlite_schema WHERE name = 'messages_unseen'`);
  const page = root.get()?.page ?? 0;
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, (page - 1) * PAGE_BYTES, page * PAGE_BYTES);
  writeFileSync(path, bytes);
  const damaged = open();
  assert.equal(damaged.isIntact(), false);
  damaged.close();
});

test('no query scans all messages', () => {
  const database = openDatabase(join(directory, 'client.db'), { migrations: MIGRATIONS });
  const asked = new Set<string>();
  const prepare = <Row>(sql: string): Statement<Row> => {
    asked.add(sql);
    return database.prepare<Row>(sql);
  };
  const store = new SqliteStore({ ...bound(database), prepare });
  fill(store, 10);
  ask(store);
  const plans = [...asked].map((sql) => ({ sql, plan: planOf(sql) }));
  for (const { sql, plan } of plans)
    assert.doesNotMatch(plan, /SCAN messages$|TEMP B-TREE|by_lane \(peer=\? AND device=\?\)|by_lane \(peer=\?\)/m, sql);
  const used = plans.map(({ plan }) => plan).join();
  for (const index of INDEXES) assert.match(used, new RegExp(`USING (COVERING )?INDEX ${index}\\b`));
  store.close();

  function planOf(sql: string): string {
    const nothing: SqlValue[] = [...sql.matchAll(/\?/g)].map(() => null);
    const steps = database.prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...nothing);
    return steps.map(({ detail }) => detail).join('\n');
  }
});

/** The methods of a database as a plain object. */
function bound(database: ReturnType<typeof openDatabase>) {
  return {
    exec: (sql: string) => database.exec(sql),
    transaction: <T>(work: () => T): T => database.transaction(work as Parameters<typeof database.transaction<T>>[0]),
    usedBytes: () => database.usedBytes(),
    close: () => database.close(),
  };
}

test('the size is the number of stored messages and the bytes of whole pages', () => {
  const store = open();
  assert.equal(store.size().messages, 0);
  const before = store.size().bytes;
  store.transaction(() => [1, 2, 3].forEach((seq) => store.addMessage({ ...fromBob(seq), text: 'x'.repeat(9_000) })));
  const { messages, bytes } = store.size();
  store.close();
  assert.equal(messages, 3);
  assert.ok(bytes > before);
  assert.equal(bytes, readFileSync(join(directory, 'client.db')).length);
});

/** All queries of a running engine. `waiting` and `requeueHeld` read the outbox only. */
function ask(store: SqliteStore): void {
  store.message(fromBob(1).id);
  store.messageAt('bob', BOBS_DEVICE, 1);
  store.lastShownSeq('bob', BOBS_DEVICE);
  store.heldBack('bob', BOBS_DEVICE, 9);
  store.lastSeq('bob', BOBS_DEVICE, 'chat');
  store.lastLamport('bob');
  store.waitingFor('bob', 0, 9, true);
  store.waitingFor('bob', 0, 9, false);
  store.waitingCounts();
  store.lastWaitingBefore('bob', 9);
  store.history('bob', 9, null);
  store.history('bob', 9, fromBob(3).id);
  store.search({ words: ['bob'], author: { type: 'user', name: 'bob', key: null }, peer: 'bob', before: 9, limit: 9 });
  store.size();
  store.unreadCounts();
  store.markReadByPeer('bob', MY_DEVICE, 9);
  store.markRead('bob');
  store.letters(0, 9);
  store.lettersTo('bob', 'bye');
}

test('[LETTER-14] the secret of a dropped letter key is in no file of the store', () => {
  const path = join(directory, 'keys.db');
  const store = openSqliteStore(path);
  const secret = (nth: number): string => `secret-${nth}-${'x'.repeat(30)}`;
  for (let nth = 0; nth < 20; nth += 1) {
    const key = { key: `key ${nth}`, secret: secret(nth), device: 'd', number: nth, at: 1, replacedAt: 2, daysOld: 0 };
    store.putLetterKey(key);
  }
  store.putLetterKey({ ...(store.letterKey('key 4') ?? assert.fail()), daysOld: 1 });
  for (const nth of [4, 9]) store.dropLetterKey(`key ${nth}`);
  store.close();
  const bytes = readFileSync(path, 'latin1');
  assert.ok(bytes.includes(secret(5)));
  for (const nth of [4, 9]) assert.ok(!bytes.includes(secret(nth)));
});
