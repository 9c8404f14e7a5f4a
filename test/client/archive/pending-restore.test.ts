// A restore that crashes at any point is completed by the next start, and every file exists once.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scheduleRestore, applyPendingRestore } from '../../../client/archive/pending-restore.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';
import { NOON } from './archive-fixture.js';

const OLD = ['client.db', 'client.db-shm', 'client.db-wal', 'identity-retired.json', 'identity.json'];
/** Neither of the identities in these tests can be read, so no key is taken over. */
const NO_KEYS = `${JSON.stringify({ devices: [] }, null, 2)}\n`;
const NEW = ['client.db', 'identity.json'];

function write(folder: string, names: readonly string[], text: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), `${text} ${name}`);
}

/** The files of a folder and their content. */
function read(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function texts(names: readonly string[], text: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `${text} ${name}`]));
}

function scheduled(context: TestContext) {
  const directory = temporaryDirectory(context);
  const data = join(directory, 'alice');
  write(data, OLD, 'old');
  write(join(directory, 'new'), NEW, 'new');
  const aside = scheduleRestore(join(directory, 'new'), data, NOON);
  return { data, aside, waiting: join(data, 'to-restore-20261120T120000000Z') };
}

function finished({ data, aside }: { data: string; aside: string }): void {
  applyPendingRestore(data, NOON);
  assert.deepEqual(read(aside), texts(OLD, 'old'));
  rmSync(aside, { recursive: true });
  assert.deepEqual(read(data), { ...texts(NEW, 'new'), 'identity-retired.json': NO_KEYS });
}

test('the restored files are moved in, and all old files are moved aside', (context) => {
  finished(scheduled(context));
});

/** The moves of a restore, in order. */
const MOVES = [
  'identity.json',
  '+identity.json',
  'identity-retired.json',
  '+identity-retired.json',
  'client.db-wal',
  'client.db-shm',
  'client.db',
];

for (const [at, last] of MOVES.entries()) {
  test(`after a crash behind ${last}, the next start completes the restore`, (context) => {
    const { data, aside, waiting } = scheduled(context);
    mkdirSync(aside);
    writeFileSync(join(waiting, 'identity-retired.json'), NO_KEYS);
    for (const move of MOVES.slice(0, at + 1)) {
      if (move.startsWith('+')) renameSync(join(waiting, move.slice(1)), join(data, move.slice(1)));
      else renameSync(join(data, move), join(aside, move));
    }
    finished({ data, aside });
  });
}

test('after a crash before the last step, nothing is moved twice', (context) => {
  const { data, aside, waiting } = scheduled(context);
  applyPendingRestore(data, NOON);
  mkdirSync(waiting);
  finished({ data, aside });
});

test('without old files, the restored files are moved in', (context) => {
  const directory = temporaryDirectory(context);
  write(join(directory, 'new'), NEW, 'new');
  mkdirSync(join(directory, 'alice'));
  scheduleRestore(join(directory, 'new'), join(directory, 'alice'), NOON);
  applyPendingRestore(join(directory, 'alice'), NOON);
  assert.equal(readFileSync(join(directory, 'alice', 'client.db'), 'utf8'), 'new client.db');
});

test('of two restores before one start the later takes effect, and the files of the earlier are kept', (context) => {
  const { data, waiting } = scheduled(context);
  write(join(data, 'later'), NEW, 'newer');
  const aside = scheduleRestore(join(data, 'later'), data, NOON + 1);
  applyPendingRestore(data, NOON);
  assert.equal(readFileSync(join(data, 'client.db'), 'utf8'), 'newer client.db');
  assert.deepEqual(read(aside), { ...texts(NEW, 'new'), 'identity-retired.json': NO_KEYS });
  assert.throws(() => readdirSync(waiting));
});

test('a start without a scheduled restore changes nothing', (context) => {
  const data = join(temporaryDirectory(context), 'alice');
  write(data, OLD, 'old');
  applyPendingRestore(data, NOON);
  assert.deepEqual(read(data), texts(OLD, 'old'));
  applyPendingRestore(join(data, 'nowhere'), NOON);
});
