// A new file is there wholly or not at all, and never in the place of another.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileReader } from '../../../runtime/disk/file-reader.js';
import { writeNewFile } from '../../../runtime/disk/new-file.js';
import { temporaryDirectory } from './temporary.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('pieces become one file, readable by its owner only', async (context) => {
  const path = join(temporaryDirectory(context), 'new');
  assert.equal(await writeNewFile(path, [bytes('one '), bytes(''), bytes('two')]), 'written');
  assert.equal(readFileSync(path, 'utf8'), 'one two');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('what is there stays, also what came while the pieces did', async (context) => {
  const directory = temporaryDirectory(context);
  const path = join(directory, 'new');
  const pieces = function* (): Generator<Uint8Array> {
    yield bytes('mine');
    writeFileSync(path, 'theirs');
  };
  assert.equal(await writeNewFile(path, pieces()), 'exists');
  assert.equal(await writeNewFile(path, [bytes('mine')]), 'exists');
  assert.equal(readFileSync(path, 'utf8'), 'theirs');
  assert.deepEqual(readdirSync(directory), ['new']);
});

test('where the pieces break off nothing is left', async (context) => {
  const directory = temporaryDirectory(context);
  const pieces = function* (): Generator<Uint8Array> {
    yield bytes('half');
    throw new Error('on purpose');
  };
  await assert.rejects(writeNewFile(join(directory, 'new'), pieces()), /on purpose/);
  assert.deepEqual(readdirSync(directory), []);
});

test('a draft that a crash left does not matter', async (context) => {
  const path = join(temporaryDirectory(context), 'new');
  writeFileSync(`${path}.draft`, 'a longer half', { mode: 0o644 });
  assert.equal(await writeNewFile(path, [bytes('whole')]), 'written');
  assert.equal(readFileSync(path, 'utf8'), 'whole');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file is read in the amounts that are asked for', async (context) => {
  const path = join(temporaryDirectory(context), 'new');
  await writeNewFile(path, [bytes('0123456789')]);
  const reader = await FileReader.open(path);
  assert.equal(await reader.size(), 10);
  assert.equal(Buffer.from(await reader.take(3)).toString(), '012');
  const pieces: string[] = [];
  for await (const piece of reader.pieces(4)) pieces.push(Buffer.from(piece).toString());
  assert.deepEqual(pieces, ['3456', '789']);
  assert.equal((await reader.take(4)).length, 0);
  await reader.close();
});
