// kill -9 in the middle of a transfer, a few times; `npm run posts:kills` does it thirty times with 1 GiB.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testbed } from '../testbed/testbed.js';
import { killTransfers } from './kills.js';

test('[POST-20] [POST-21] a download survives any kill -9, and nothing on the disk is fetched again', async (t) => {
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
