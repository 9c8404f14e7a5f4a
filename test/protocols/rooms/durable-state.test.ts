// What a server remembers comes back as it was; a damaged memory is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeDurableState,
  encodeDurableState,
  nextBoot,
  NO_DURABLE_STATE,
  type DurableState,
} from '../../../protocols/rooms/view/durable-state.js';
import { TestCluster } from './test-cluster.js';

test('[VIEW-2] memory survives its way to the disk and back', () => {
  const memory = TestCluster.ready(3).nodes[0]?.state as DurableState;
  const accepted = memory.decision && { ballot: { round: 4, by: 1 }, decision: memory.decision };
  const whole = { ...memory, accepted };
  assert.deepEqual(decodeDurableState(encodeDurableState(whole, 9), 9, 3), whole);
  assert.equal(decodeDurableState(encodeDurableState(whole, 9).slice(1), 9, 3), null);
  assert.equal(decodeDurableState(encodeDurableState(whole, 9), 9, 4), null);
});

test('[VIEW-13] no boot comes twice, not even where the memory is that of another cluster or lost', () => {
  assert.deepEqual(decodeDurableState(encodeDurableState({ ...NO_DURABLE_STATE, boot: 70 }, 9), 8, 3), {
    ...NO_DURABLE_STATE,
    boot: 70,
  });
  assert.equal(nextBoot({ ...NO_DURABLE_STATE, boot: 70 }, 5).boot, 71);
  assert.equal(nextBoot(NO_DURABLE_STATE, 1_800_000_000).boot, 1_800_000_000);
});
