// Room on the disk is asked for before it is used.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireFreeSpace } from '../../../../runtime/disk/space/free-space.js';
import { OperationalError } from '../../../../runtime/operational-error.js';
import { temporaryDirectory } from '../temporary.js';

test('[POST-27] a little fits, more than any disk has does not', async (t) => {
  const folder = temporaryDirectory(t);
  await requireFreeSpace(folder, 1);
  await assert.rejects(
    requireFreeSpace(folder, 1e18),
    (error) => error instanceof OperationalError && /no room for/.test(error.message),
  );
});
