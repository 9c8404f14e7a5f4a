// A data directory and its files are closed to other users, also when they were open before.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { lockDirectory } from '../../../runtime/disk/directory-lock.js';
import { openPrivateDirectory } from '../../../runtime/disk/private-directory.js';
import { openDatabase } from '../../../runtime/sqlite.js';
import { temporaryDirectory } from './temporary.js';

const skip = process.platform === 'win32' ? 'this host has no modes' : false;

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('a new directory and its databases are for their owner only', { skip }, (t) => {
  const directory = join(temporaryDirectory(t), 'data');
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const lock = lockDirectory(directory);
  const path = join(directory, 'client.db');
  const database = openDatabase(path, { migrations: ['CREATE TABLE one (n INTEGER)'] });
  assert.deepEqual([directory, join(directory, 'lock.db'), path, `${path}-wal`, `${path}-shm`].map(modeOf), [
    '700',
    '600',
    '600',
    '600',
    '600',
  ]);
  database.close();
  if (lock.state === 'locked') lock.release();
});

test('a directory that others can read is closed, with the files of Kith in it', { skip }, (t) => {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const write = (name: string): string => {
    const path = join(directory, name);
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    return path;
  };
  const own = ['client.db', 'client.db-wal', 'client.db-shm', 'lock.db', 'identity.json', 'ballast'].map(write);
  const other = write('notes.txt');
  const outside = join(temporaryDirectory(t), 'outside.json');
  writeFileSync(outside, '');
  chmodSync(outside, 0o644);
  symlinkSync(outside, join(directory, 'link.json'));
  openPrivateDirectory(directory);
  assert.deepEqual([directory, ...own].map(modeOf), ['700', ...own.map(() => '600')]);
  assert.deepEqual([other, outside].map(modeOf), ['644', '644']);
});

test('a directory that users share, such as /tmp, is refused', { skip }, (t) => {
  const directory = join(temporaryDirectory(t), 'shared');
  mkdirSync(directory);
  chmodSync(directory, 0o1777);
  assert.throws(() => openPrivateDirectory(directory), /other users share this directory.*--data/);
  assert.equal(modeOf(directory), '777');
});
