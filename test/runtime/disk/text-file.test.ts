// Small text files: whole, or not there, or trouble that says why.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileReader } from '../../../runtime/disk/file-reader.js';
import { readTextFile } from '../../../runtime/disk/text-file.js';
import { temporaryDirectory } from './temporary.js';

test('a small file is read wholly, a missing one is null, a large one is trouble', (context) => {
  const folder = temporaryDirectory(context);
  writeFileSync(join(folder, 'file'), 'text');
  assert.equal(readTextFile(join(folder, 'file'), 4), 'text');
  assert.equal(readTextFile(join(folder, 'none'), 4), null);
  assert.throws(() => readTextFile(join(folder, 'file'), 3), /larger than 3 bytes/);
  assert.throws(() => readTextFile(folder, 1_000_000));
});

test('what is no file is refused at once, and the bound holds for files without a true size', async (context) => {
  const folder = temporaryDirectory(context);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const path of [folder, join(folder, 'pipe'), '/dev/zero', '/dev/null']) {
    assert.throws(() => readTextFile(path, 1_000_000), /not a file/, path);
    await assert.rejects(FileReader.open(path), /is not a file/, path);
  }
  assert.throws(() => readTextFile('/proc/self/pagemap', 1_000), /larger than 1000 bytes/);
  assert.match(readTextFile('/proc/self/stat', 4_096) ?? '', /^[0-9]+ /);
});
