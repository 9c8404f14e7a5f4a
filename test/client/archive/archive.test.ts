// A backup is restored completely or not at all, and a restore loses nothing that was there before.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { applyPendingRestore } from '../../../client/archive/pending-restore.js';
import { openSqliteStore } from '../../../client/store/sqlite/sqlite-store.js';
import { openIdentity } from '../../../runtime/disk/identity-file.js';
import { fromBob, toBob } from '../../contracts/client-store/samples.js';
import { aliceWith, archiveOf, done, NOON, PASSPHRASE, refused } from './archive-fixture.js';

const ISO = '2026-11-20T12:00:00.000Z';
const SAID = [fromBob(1), toBob(1, { state: 'delivered' }), fromBob(2, { shown: false, after: 1 })];

async function backedUp(context: TestContext) {
  const alice = aliceWith(context, SAID);
  const file = join(alice.directory, 'alice.backup');
  const answer = await done(alice.archive, { type: 'backup', file, passphrase: PASSPHRASE });
  const restore = { type: 'restore', file, passphrase: PASSPHRASE, check: false } as const;
  return { ...alice, file, answer, restore };
}

/** The files in a directory, without those that SQLite keeps beside an open database. */
function namesIn(data: string): string[] {
  return readdirSync(data).filter((name) => !/-(wal|shm)$/.test(name));
}

function textsIn(data: string): string[] {
  const store = openSqliteStore(join(data, 'client.db'));
  const texts = store.history('bob', 50, null).map(({ text }) => text);
  store.close();
  return texts;
}

function say(data: string, text: string): void {
  const store = openSqliteStore(join(data, 'client.db'));
  store.addMessage(fromBob(9, { text, shown: true }));
  store.close();
}

function settingIn(data: string, name: string): string | null {
  const store = openSqliteStore(join(data, 'client.db'));
  const value = store.setting(name);
  store.close();
  return value;
}

test('a backup reports its content, and only its owner can read the file', async (context) => {
  const { answer, file, data } = await backedUp(context);
  assert.deepEqual(answer, { path: file, user: 'alice', at: ISO, messages: 2, friends: 1 });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(namesIn(data), ['client.db', 'identity.json']);
});

test('no content is readable in a backup', async (context) => {
  const { file, data } = await backedUp(context);
  const bytes = readFileSync(file);
  const { device } = JSON.parse(readFileSync(join(data, 'identity.json'), 'utf8')) as { device: string };
  for (const secret of ['to bob', 'SQLite', 'alice', device]) assert.equal(bytes.indexOf(secret), -1, secret);
});

test('two backups of the same data have no bytes in common', async (context) => {
  const { archive, directory, file } = await backedUp(context);
  const again = join(directory, 'again.backup');
  await done(archive, { type: 'backup', file: again, passphrase: PASSPHRASE });
  const [one, other] = [readFileSync(file), readFileSync(again)];
  assert.equal(one.subarray(100).equals(other.subarray(100)), false);
});

test('a check reports the content of a backup and changes nothing', async (context) => {
  const { archive, data, restore } = await backedUp(context);
  say(data, 'later');
  const before = readFileSync(join(data, 'client.db'));
  const found = await done(archive, { ...restore, check: true });
  assert.deepEqual(found, { user: 'alice', at: ISO, messages: 2, friends: 1, before: null });
  applyPendingRestore(data, NOON);
  assert.deepEqual(namesIn(data), ['client.db', 'identity.json']);
  assert.ok(readFileSync(join(data, 'client.db')).equals(before));
});

test('a restore takes effect at the next start, and keeps the old files', async (context) => {
  const { archive, data, restore } = await backedUp(context);
  say(data, 'later');
  const { before } = await done(archive, restore);
  assert.deepEqual(textsIn(data), ['bob 1', 'to bob 1', 'later']);
  applyPendingRestore(data, NOON);
  assert.deepEqual(textsIn(data), ['bob 1', 'to bob 1']);
  assert.equal(settingIn(data, 'restored'), 'true');
  assert.equal(before, join(data, 'before-restore-20261120T120000000Z'));
  assert.deepEqual(textsIn(before ?? ''), ['bob 1', 'to bob 1', 'later']);
  assert.equal(settingIn(before ?? '', 'restored'), null);
  assert.ok(existsSync(join(before ?? '', 'identity.json')));
  applyPendingRestore(data, NOON);
  assert.deepEqual(textsIn(data), ['bob 1', 'to bob 1']);
});

test('a restore on another machine gives the same keys', async (context) => {
  const { data, directory, restore } = await backedUp(context);
  const elsewhere = join(directory, 'elsewhere');
  const keys = openIdentity(data).identity.publicKey;
  await done(archiveOf('alice', elsewhere), restore);
  applyPendingRestore(elsewhere, NOON);
  assert.equal(openIdentity(elsewhere).identity.publicKey, keys);
  assert.deepEqual(textsIn(elsewhere), ['bob 1', 'to bob 1']);
});

test('a backup that is made while messages arrive can be restored', async (context) => {
  const { archive, data, directory } = aliceWith(context, []);
  const store = openSqliteStore(join(data, 'client.db'));
  const file = join(directory, 'live.backup');
  const made = archive.carryOut({ type: 'backup', file, passphrase: PASSPHRASE });
  for (let seq = 1; seq <= 50; seq += 1) {
    store.transaction(() => store.addMessage(fromBob(seq)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok((await made).ok);
  store.close();
  assert.equal(await refused(archive, { type: 'restore', file, passphrase: PASSPHRASE, check: true }), 'success');
});

test('a backup of another user is refused, but can be checked', async (context) => {
  const { directory, restore } = await backedUp(context);
  const bob = archiveOf('bob', join(directory, 'bob'));
  assert.equal(await refused(bob, restore), 'BACKUP_OF_ANOTHER');
  assert.deepEqual(readdirSync(join(directory, 'bob')), []);
  assert.equal(await refused(bob, { ...restore, check: true }), 'success');
});

test('no command overwrites a file', async (context) => {
  const { archive, file } = await backedUp(context);
  const before = readFileSync(file);
  assert.equal(await refused(archive, { type: 'backup', file, passphrase: PASSPHRASE }), 'FILE_EXISTS');
  assert.equal(await refused(archive, { type: 'export', format: 'json', to: file }), 'FILE_EXISTS');
  assert.ok(readFileSync(file).equals(before));
});

test('a disk error is explained, and leaves no unfinished file', async (context) => {
  const { archive, directory, data, restore } = await backedUp(context);
  const nowhere = join(directory, 'no', 'where');
  assert.equal(await refused(archive, { type: 'backup', file: nowhere, passphrase: PASSPHRASE }), 'FILE_TROUBLE');
  assert.equal(await refused(archive, { type: 'export', format: 'html', to: nowhere }), 'FILE_TROUBLE');
  assert.equal(await refused(archive, { ...restore, file: nowhere }), 'FILE_TROUBLE');
  assert.equal(await refused(archive, { ...restore, file: directory }), 'FILE_TROUBLE');
  assert.equal(await refused(archive, { ...restore, file: 'a\0b' }), 'FILE_TROUBLE');
  assert.deepEqual(namesIn(data), ['client.db', 'identity.json']);
});

test('a file that is not a backup is refused', async (context) => {
  const { archive, directory, restore } = await backedUp(context);
  const file = join(directory, 'strange');
  for (const bytes of ['', 'hello', 'kithbak2'.padEnd(200, 'x'), 'SQLite format 3'.padEnd(5_000, 'x')]) {
    writeFileSync(file, bytes);
    assert.equal(await refused(archive, { ...restore, file }), 'BACKUP_UNKNOWN', bytes.slice(0, 10));
  }
});

test('a wrong passphrase is reported; both Unicode forms of an accent are accepted', async (context) => {
  const { archive, directory, restore } = await backedUp(context);
  assert.equal(await refused(archive, { ...restore, passphrase: 'correct hose' }), 'PASSPHRASE_WRONG');
  assert.equal(await refused(archive, { ...restore, passphrase: '' }), 'PASSPHRASE_WRONG');
  const file = join(directory, 'accents.backup');
  await done(archive, { type: 'backup', file, passphrase: 'f\u00fcnf Pferde' });
  assert.equal(await refused(archive, { ...restore, file, passphrase: 'fu\u0308nf Pferde', check: true }), 'success');
});

test('commands run one at a time, and afterwards the archive is idle', async (context) => {
  const { archive, data, directory } = aliceWith(context, SAID);
  const file = join(directory, 'a');
  const commands = [
    { type: 'backup', file, passphrase: PASSPHRASE },
    { type: 'restore', file, passphrase: PASSPHRASE, check: true },
    { type: 'backup', file, passphrase: PASSPHRASE },
  ] as const;
  const outcomes = commands.map((command) => refused(archive, command));
  await archive.idle();
  assert.deepEqual(await Promise.all(outcomes), ['success', 'success', 'FILE_EXISTS']);
  assert.deepEqual(namesIn(data), ['client.db', 'identity.json']);
});

test('the next start removes what a crash left of a backup', async (context) => {
  const { data } = await backedUp(context);
  writeFileSync(join(data, 'archive.draft'), 'half a copy');
  applyPendingRestore(data, NOON);
  assert.deepEqual(namesIn(data), ['client.db', 'identity.json']);
  assert.equal(NOON, Date.parse(ISO));
});
