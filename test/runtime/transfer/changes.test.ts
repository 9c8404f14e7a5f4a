// Files that change while they are read, and targets that cannot be written.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { copyFile } from '../../../runtime/transfer/file-copy.js';
import { placeFile } from '../../../runtime/transfer/file-placement.js';
import { SentFile } from '../../../runtime/transfer/sent-file.js';
import { judgeTarget } from '../../../runtime/transfer/target.js';
import { temporaryDirectory } from '../disk/temporary.js';

const nothing = (): void => undefined;
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

/** Copies a file of one mebibyte, and does something to it after the first piece. */
async function copyWhile(context: TestContext, change: (path: string) => void): Promise<[unknown, string[]]> {
  const folder = temporaryDirectory(context);
  const path = join(folder, 'source');
  writeFileSync(path, randomBytes(1 << 20));
  utimesSync(path, 1, 1);
  let isChanged = false;
  const copied = await copyFile(path, join(folder, 'copy'), () => {
    if (!isChanged) change(path);
    isChanged = true;
  });
  return [copied, readdirSync(folder)];
}

test('[POST-32] a file that changes while it is copied is not posted', async (t) => {
  const changes: ((path: string) => void)[] = [
    (path) => writeFileSync(path, randomBytes(1 << 20)),
    (path) => truncateSync(path, 600_000),
    (path) => truncateSync(path, 0),
    (path) => appendFileSync(path, 'x'),
  ];
  for (const change of changes) assert.deepEqual(await copyWhile(t, change), ['changed', ['source']]);
  const [replaced] = await copyWhile(t, (path) => {
    renameSync(path, `${path}-old`);
    writeFileSync(path, 'another file under its name');
  });
  assert.ok(typeof replaced === 'object', 'the file that was opened is complete');
});

test('[POST-32] a file whose size is not told is read no further than its bound', async (t) => {
  const folder = temporaryDirectory(t);
  for (const endless of ['/proc/self/pagemap', '/proc/self/maps']) {
    assert.equal(await copyFile(endless, join(folder, 'copy'), nothing), 'changed', endless);
  }
  assert.equal(await copyFile('/dev/zero', join(folder, 'copy'), nothing), 'no file');
  assert.deepEqual(readdirSync(folder), []);
});

test('[POST-31] what is no file is never replaced, and a link keeps leading to its file', async (t) => {
  const folder = temporaryDirectory(t);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('part'), 'new');
  writeFileSync(at('file'), 'old');
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync('/dev/null', at('device'));
  symlinkSync(at('nothing'), at('dangling'));
  symlinkSync(at('file'), at('link'));
  for (const name of ['pipe', 'device', 'dangling']) {
    assert.equal(await judgeTarget(at(name), true, null), 'no file', name);
    assert.equal(await placeFile(at('part'), at(name), true), 'no file', name);
    assert.equal(await judgeTarget(at(name), false, null), 'exists', name);
  }
  assert.equal(await judgeTarget('/dev/null', true, null), 'no file');
  assert.equal(typeof (await placeFile(at('part'), at('link'), true)), 'object');
  assert.equal(readFileSync(at('file'), 'utf8'), 'new');
  assert.ok(lstatSync(at('link')).isSymbolicLink());
});

test('[POST-31] a target that cannot be written is known before anything is fetched', async (t) => {
  const folder = temporaryDirectory(t);
  writeFileSync(join(folder, 'file'), '');
  for (const bad of ['none/x', 'file/x', `${'x'.repeat(300)}`, '../../proc/x']) {
    await assert.rejects(judgeTarget(join(folder, bad), true, null), bad);
  }
  await assert.rejects(judgeTarget('/proc/kith', false, null));
  assert.equal(await judgeTarget(join(folder, 'free'), false, { folder, bytes: Infinity }), null);
  assert.deepEqual(readdirSync(folder), ['file']);
});

test('[POST-19] the hash of a file is that of its bytes, and a change while it is sent is noticed', async (t) => {
  const path = join(temporaryDirectory(t), 'a');
  const content = randomBytes(600_000);
  writeFileSync(path, content);
  utimesSync(path, 1, 1);
  const file = await SentFile.open(path);
  assert.equal(await file?.sha256(), hashOf(content));
  assert.equal(await file?.isUnchanged(), true);
  writeFileSync(path, randomBytes(600_000));
  assert.equal(await file?.isUnchanged(), false);
  await file?.close();
});
