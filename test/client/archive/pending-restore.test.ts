// Between two runs: whatever cuts a restore short, the next start finishes it, and every file is in one place.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scheduleRestore, applyPendingRestore } from '../../../client/archive/pending-restore.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';
import { NOON } from './archive-fixture.js';

const OLD = ['client.db', 'client.db-shm', 'client.db-wal', 'identity-retired.json', 'identity.json'];
const NEW = ['client.db', 'identity.json'];

function write(folder: string, names: readonly string[], text: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), `${text} ${name}`);
}

/** Files of a folder and what is in them. */
function read(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function texts(names: readonly string[], text: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `${text} ${name}`]));
}

function laidOut(context: TestContext) {
  const directory = temporaryDirectory(context);
  const data = join(directory, 'alice');
  write(data, OLD, 'old');
  write(join(directory, 'new'), NEW, 'new');
  const aside = scheduleRestore(join(directory, 'new'), data, NOON);
  return { data, aside, waiting: join(data, 'to-restore-20261120T120000000Z') };
}

function finished({ data, aside }: { data: string; aside: string }): void {
  applyPendingRestore(data);
  assert.deepEqual(read(aside), texts(OLD, 'old'));
  rmSync(aside, { recursive: true });
  assert.deepEqual(read(data), texts(NEW, 'new'));
}

test('what was laid out is moved in, and all that was there is moved aside', (context) => {
  finished(laidOut(context));
});

/** The moves of a restore, in their order. */
const MOVES = [
  'identity-retired.json',
  'identity.json',
  '+identity.json',
  'client.db-wal',
  'client.db-shm',
  'client.db',
];

for (const [at, last] of MOVES.entries()) {
  test(`cut short after ${last}, it is finished by the next start`, (context) => {
    const { data, aside, waiting } = laidOut(context);
    mkdirSync(aside);
    for (const move of MOVES.slice(0, at + 1)) {
      if (move.startsWith('+')) renameSync(join(waiting, move.slice(1)), join(data, move.slice(1)));
      else renameSync(join(data, move), join(aside, move));
    }
    finished({ data, aside });
  });
}

test('cut short when all but the empty folder is done, nothing is moved twice', (context) => {
  const { data, aside, waiting } = laidOut(context);
  applyPendingRestore(data);
  mkdirSync(waiting);
  finished({ data, aside });
});

test('where nothing was there, it is simply moved in', (context) => {
  const directory = temporaryDirectory(context);
  write(join(directory, 'new'), NEW, 'new');
  mkdirSync(join(directory, 'alice'));
  scheduleRestore(join(directory, 'new'), join(directory, 'alice'), NOON);
  applyPendingRestore(join(directory, 'alice'));
  assert.equal(readFileSync(join(directory, 'alice', 'client.db'), 'utf8'), 'new client.db');
});

test('two restores before one start: the later holds, the earlier is kept aside', (context) => {
  const { data, waiting } = laidOut(context);
  write(join(data, 'later'), NEW, 'newer');
  const aside = scheduleRestore(join(data, 'later'), data, NOON + 1);
  applyPendingRestore(data);
  assert.equal(readFileSync(join(data, 'client.db'), 'utf8'), 'newer client.db');
  assert.deepEqual(read(aside), texts(NEW, 'new'));
  assert.throws(() => readdirSync(waiting));
});

test('a start with nothing to do changes nothing', (context) => {
  const data = join(temporaryDirectory(context), 'alice');
  write(data, OLD, 'old');
  applyPendingRestore(data);
  assert.deepEqual(read(data), texts(OLD, 'old'));
  applyPendingRestore(join(data, 'nowhere'));
});
