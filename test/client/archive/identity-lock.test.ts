// The identity key can be locked, moved to a file, and unlocked; while it is locked no file on this computer holds it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportSecret } from '../../../runtime/crypto.js';
import { openIdentity, renewDevice } from '../../../runtime/disk/identity-file.js';
import { isLocked } from '../../../runtime/disk/locked-identity.js';
import { applyPendingRestore } from '../../../client/archive/pending-restore.js';
import { aliceWith, done, NOON, PASSPHRASE, refused } from './archive-fixture.js';

const LOCK = { type: 'identity_lock', passphrase: PASSPHRASE } as const;
const UNLOCK = { type: 'identity_unlock', file: null, passphrase: PASSPHRASE } as const;

/** The secret key as the unlocked file holds it. */
function secretIn(data: string): string {
  const { identity } = openIdentity(data);
  assert.ok(!isLocked(identity));
  return exportSecret(identity);
}

/** True iff some file below the directory holds the text. */
function holds(directory: string, text: string): boolean {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1').includes(text));
}

test('[DIR-20] a locked key is in no file, and everything that is needed every day is there', async (t) => {
  const { data, archive } = aliceWith(t, []);
  const [before, secret] = [openIdentity(data), secretIn(data)];
  assert.ok(holds(data, secret));
  assert.deepEqual(await done(archive, LOCK), { key: before.identity.publicKey, state: 'locked' });
  assert.ok(!holds(data, secret));
  const after = openIdentity(data);
  assert.ok(isLocked(after.identity));
  for (const key of ['identity', 'device', 'exchange'] as const)
    assert.equal(after[key].publicKey, before[key].publicKey);
  assert.deepEqual(after.ownProofsKey, before.ownProofsKey);
  assert.throws(() => renewDevice(data, 0), /only while the identity key can sign/);
  assert.equal(openIdentity(data).device.publicKey, before.device.publicKey);
});

test('[DIR-21] only the passphrase unlocks it, and the key is the same', async (t) => {
  const { data, archive } = aliceWith(t, []);
  const secret = secretIn(data);
  assert.equal(await refused(archive, UNLOCK), 'IDENTITY_UNLOCKED');
  await done(archive, LOCK);
  assert.equal(await refused(archive, LOCK), 'IDENTITY_LOCKED');
  assert.equal(await refused(archive, { ...UNLOCK, passphrase: 'correct hose' }), 'PASSPHRASE_WRONG');
  assert.equal((await done(archive, { type: 'identity' })).state, 'locked');
  assert.equal((await done(archive, UNLOCK)).state, 'unlocked');
  assert.equal(secretIn(data), secret);
});

test('[DIR-22] an exported key is in its file only, and comes back from it', async (t) => {
  const { directory, data, archive } = aliceWith(t, []);
  const secret = secretIn(data);
  const file = join(directory, 'alice.key');
  const command = { type: 'identity_export', file, passphrase: PASSPHRASE } as const;
  const { key, state } = await done(archive, command);
  assert.deepEqual([key, state], [openIdentity(data).identity.publicKey, 'elsewhere']);
  assert.ok(!holds(directory, secret));
  assert.equal(await refused(archive, UNLOCK), 'IDENTITY_ELSEWHERE');
  assert.equal(await refused(archive, command), 'IDENTITY_LOCKED');
  assert.equal((await done(archive, { ...UNLOCK, file })).state, 'unlocked');
  assert.equal(secretIn(data), secret);
});

test('[DIR-22] an export replaces no file, and a key that cannot be written stays', async (t) => {
  const { directory, data, archive } = aliceWith(t, []);
  const secret = secretIn(data);
  const file = join(directory, 'taken');
  writeFileSync(file, 'mine');
  for (const [to, code] of [
    [file, 'FILE_EXISTS'],
    [join(directory, 'no', 'folder'), 'FILE_TROUBLE'],
  ] as const) {
    assert.equal(await refused(archive, { type: 'identity_export', file: to, passphrase: PASSPHRASE }), code);
    assert.equal(secretIn(data), secret);
  }
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});

test('[DIR-21] the key of another user, a damaged file and a file of another kind unlock nothing', async (t) => {
  const { directory, data, archive } = aliceWith(t, []);
  const other = aliceWith(t, []);
  const theirs = join(other.directory, 'other.key');
  await done(other.archive, { type: 'identity_export', file: theirs, passphrase: PASSPHRASE });
  const mine = join(directory, 'alice.key');
  await done(archive, { type: 'identity_export', file: mine, passphrase: PASSPHRASE });
  assert.equal(await refused(archive, { ...UNLOCK, file: theirs }), 'IDENTITY_OTHER');
  const bytes = readFileSync(mine);
  for (const at of [0, 12, bytes.length - 1]) {
    const damaged = join(directory, `damaged-${at}`);
    writeFileSync(
      damaged,
      bytes.map((byte, place) => (place === at ? byte ^ 1 : byte)),
    );
    assert.match(await refused(archive, { ...UNLOCK, file: damaged }), /BACKUP_(UNKNOWN|DAMAGED)|PASSPHRASE_WRONG/);
  }
  assert.equal(await refused(archive, { ...UNLOCK, file: join(data, 'client.db') }), 'BACKUP_UNKNOWN');
  assert.equal((await done(archive, { type: 'identity' })).state, 'elsewhere');
});

test('[DIR-20] a backup of a locked client restores a locked client, which its passphrase unlocks', async (t) => {
  const { directory, data, archive } = aliceWith(t, []);
  const secret = secretIn(data);
  await done(archive, LOCK);
  const file = join(directory, 'alice.backup');
  const passphrase = 'another passphrase';
  await done(archive, { type: 'backup', file, passphrase });
  await done(archive, UNLOCK);
  await done(archive, { type: 'restore', file, passphrase, check: false });
  applyPendingRestore(data, NOON);
  assert.equal((await done(archive, { type: 'identity' })).state, 'locked');
  await done(archive, UNLOCK);
  assert.equal(secretIn(data), secret);
});
