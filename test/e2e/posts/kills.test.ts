// A few kill -9 during a transfer; `npm run posts:kills` does thirty with 1 GiB.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testbed } from '../testbed/testbed.js';
import { killTransfers } from './kills.js';

test('[POST-20] [POST-21] a download survives any kill -9 and continues from the bytes on disk', async (t) => {
  const testbed = await Testbed.during(t);
  const { kills, source, targets, lostBytesMax } = await killTransfers(testbed, {
    seed: 3,
    kills: 3,
    bytes: 200_000_000,
  });
  assert.ok(kills.alice > 0 && kills.bob > 0, JSON.stringify(kills));
  assert.deepEqual([...new Set(targets)], [source]);
  assert.equal(lostBytesMax, 0);
});
