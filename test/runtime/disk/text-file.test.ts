// Small text files: whole, or not there, or trouble that says why.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
