// Files of posts on the disk: copied and hashed, sent in pieces, put in place; wholly or not at all.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { copyFile } from '../../../runtime/transfer/file-copy.js';
import { PartFile } from '../../../runtime/transfer/part-file.js';
import { placeFile } from '../../../runtime/transfer/file-placement.js';
import { SentFile } from '../../../runtime/transfer/sent-file.js';
import { temporaryDirectory } from '../disk/temporary.js';

const nothing = (): void => undefined;
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

function sink(): { to: Writable; bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(Buffer.from(chunk)); // the piece is overwritten afterwards
      done();
    },
  });
  return { to, bytes: () => Buffer.concat(chunks) };
}

test('[POST-6] a copy has the bytes, the hash, the first bytes and the name', async (t) => {
  const folder = temporaryDirectory(t);
  const content = randomBytes(600_000);
  writeFileSync(join(folder, 'a.bin'), content);
  const seen: number[] = [];
  const copied = await copyFile(join(folder, 'a.bin'), join(folder, 'copy'), (bytes) => seen.push(bytes));
  assert.ok(typeof copied === 'object');
  const { first, ...rest } = copied;
  assert.deepEqual(rest, { size: 600_000, sha256: hashOf(content), name: 'a.bin' });
  assert.ok(Buffer.from(first).equals(content.subarray(0, 512)));
  assert.ok(readFileSync(join(folder, 'copy')).equals(content));
  assert.equal(statSync(join(folder, 'copy')).mode & 0o777, 0o600);
  assert.equal(seen.at(-1), 600_000);
});

test('[POST-4] pipes, directories and files of more than 4 GiB are not copied, and nothing is left', async (t) => {
  const folder = temporaryDirectory(t);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(join(folder, 'large'), '');
  truncateSync(join(folder, 'large'), LIMITS.postBytes + 1);
  assert.equal(await copyFile(join(folder, 'pipe'), join(folder, 'copy'), nothing), 'no file');
  assert.equal(await copyFile(folder, join(folder, 'copy'), nothing), 'no file');
  assert.equal(await copyFile(join(folder, 'large'), join(folder, 'copy'), nothing), 'too large');
  await assert.rejects(copyFile(join(folder, 'none'), join(folder, 'copy'), nothing), /ENOENT/);
  assert.deepEqual(readdirSync(folder).sort(), ['large', 'pipe']);
});

test('[POST-26] a copy that cannot be written leaves nothing', async (t) => {
  const folder = temporaryDirectory(t);
  writeFileSync(join(folder, 'a'), 'a');
  mkdirSync(join(folder, 'copy'));
  writeFileSync(join(folder, 'copy', 'x'), 'x');
  await assert.rejects(copyFile(join(folder, 'a'), join(folder, 'copy'), nothing));
  assert.deepEqual(readdirSync(folder).sort(), ['a', 'copy']);
});

test('[POST-17] any piece of a file is sent, byte for byte', async (t) => {
  const path = join(temporaryDirectory(t), 'a');
  const content = randomBytes(600_000);
  writeFileSync(path, content);
  for (const [start, end] of [
    [0, 600_000],
    [0, 1],
    [599_999, 600_000],
    [262_143, 262_145],
    [5, 5],
  ] as const) {
    const file = await SentFile.open(path);
    const { to, bytes } = sink();
    assert.equal(await file?.send(start, end, to), true);
    assert.ok(bytes().equals(content.subarray(start, end)));
    await file?.close();
  }
});

test('[POST-4] the last byte of a file of 4 GiB is sent', async (t) => {
  const path = join(temporaryDirectory(t), 'sparse');
  const made = openSync(path, 'w');
  writeSync(made, 'x', LIMITS.postBytes - 1);
  closeSync(made);
  const file = await SentFile.open(path);
  const { to, bytes } = sink();
  assert.equal(file?.size, LIMITS.postBytes);
  assert.equal(await file.send(LIMITS.postBytes - 1, LIMITS.postBytes, to), true);
  assert.equal(bytes().toString(), 'x');
  await file.close();
});

test('[POST-19] a file that ends before its time, or whose reader has gone, is not sent to its end', async (t) => {
  const path = join(temporaryDirectory(t), 'a');
  writeFileSync(path, randomBytes(1_000));
  const file = await SentFile.open(path);
  const { to } = sink();
  assert.equal(await file?.send(0, 2_000, to), false);
  to.destroy();
  assert.equal(await file?.send(0, 1_000, to), false);
  await file?.close();
  assert.equal(await SentFile.open(`${path}-not`), null);
  assert.equal(await SentFile.open(join(path, '..')), null);
});

test('[POST-19] what was under way when its reader broke off has not been sent', async (t) => {
  const path = join(temporaryDirectory(t), 'a');
  writeFileSync(path, randomBytes(1_000));
  const file = await SentFile.open(path);
  const deaf = new Writable({ write: () => undefined });
  const sent = file?.send(0, 1_000, deaf);
  while (deaf.writableLength === 0) await new Promise((settle) => setImmediate(settle));
  deaf.destroy();
  assert.equal(await sent, false);
  await file?.close();
});

test('[POST-30] the stamp of a file changes when the file does', async (t) => {
  const path = join(temporaryDirectory(t), 'a');
  const stamp = async (): Promise<string | undefined> => {
    const file = await SentFile.open(path);
    await file?.close();
    return file?.stamp;
  };
  writeFileSync(path, 'one');
  const before = await stamp();
  assert.equal(await stamp(), before);
  utimesSync(path, 1, 1);
  assert.notEqual(await stamp(), before);
});

test('[POST-21] a part grows by what is taken, and is hashed from its beginning', async (t) => {
  const path = join(temporaryDirectory(t), 'part');
  const content = randomBytes(900_000);
  for (const until of [1, 300_000, 900_000]) {
    const part = await PartFile.open(path, content.length);
    part.take(content.subarray(part.taken, until));
    await part.settle();
    assert.equal(part.written, until);
    if (until === content.length) assert.equal(await part.finish(), hashOf(content));
    await part.close();
  }
  assert.ok(readFileSync(path).equals(content));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('[POST-26] a file is put in place wholly, and over nothing', async (t) => {
  const folder = temporaryDirectory(t);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('part'), 'new');
  writeFileSync(at('there'), 'old');
  mkdirSync(at('folder'));
  for (const force of [true, false]) assert.equal(await placeFile(at('part'), at('folder'), force), 'exists');
  assert.equal(await placeFile(at('part'), at('there'), false), 'exists');
  assert.equal(readFileSync(at('there'), 'utf8'), 'old');
  const placed = await placeFile(at('part'), at('there'), true);
  const file = await SentFile.open(at('there'));
  assert.deepEqual(placed, { stamp: file?.stamp });
  await file?.close();
  assert.equal(readFileSync(at('there'), 'utf8'), 'new');
  assert.ok(existsSync(at('part')), 'until its new place is stored');
});

test('[POST-26] what was placed before a kill counts as placed, whichever way that was done', async (t) => {
  const folder = temporaryDirectory(t);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('part'), 'whole');
  for (const force of [false, true, false]) assert.notEqual(await placeFile(at('part'), at('film'), force), 'exists');
  writeFileSync(at('copy'), 'whole');
  assert.notEqual(await placeFile(at('part'), at('copy'), false), 'exists', 'as it was copied from another disk');
  writeFileSync(at('other'), 'whale');
  assert.equal(await placeFile(at('part'), at('other'), false), 'exists');
  assert.deepEqual(readdirSync(folder).sort(), ['copy', 'film', 'other', 'part']);
});

test('[POST-26] a part that was placed and then changed by its owner is not touched', async (t) => {
  const folder = temporaryDirectory(t);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('part'), 'whole');
  await placeFile(at('part'), at('film'), false);
  writeFileSync(at('film'), 'whole, and more of my own');
  const part = await PartFile.open(at('part'), 5);
  assert.equal(part.taken, 0);
  part.take(Buffer.from('whole'));
  await part.settle();
  await part.close();
  assert.equal(readFileSync(at('film'), 'utf8'), 'whole, and more of my own');
});

const OTHER = '/dev/shm';
const hasOther = existsSync(OTHER) && statSync(OTHER).dev !== statSync(tmpdir()).dev;

test('[POST-26] put in place on another disk', { skip: hasOther ? false : 'there is one disk only' }, async (t) => {
  const folder = temporaryDirectory(t);
  const target = join(OTHER, `kith-test-${statSync(folder).ino}`);
  writeFileSync(join(folder, 'part'), 'new');
  t.after(() => rmSync(target, { force: true }));
  assert.notEqual(await placeFile(join(folder, 'part'), target, false), 'exists');
  assert.equal(readFileSync(target, 'utf8'), 'new');
  writeFileSync(join(folder, 'part'), 'newer');
  writeFileSync(`${target}.draft`, "the user's own");
  t.after(() => rmSync(`${target}.draft`, { force: true }));
  assert.equal(await placeFile(join(folder, 'part'), target, false), 'exists');
  assert.notEqual(await placeFile(join(folder, 'part'), target, true), 'exists');
  assert.equal(readFileSync(`${target}.draft`, 'utf8'), "the user's own");
  assert.deepEqual(readdirSync(folder), ['part']);
});
