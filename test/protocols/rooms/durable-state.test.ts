// The durable state is read back unchanged; a damaged one is rejected.

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

test('[VIEW-2] the durable state is read back as it was written', () => {
  const memory = TestCluster.ready(3).nodes[0]?.state as DurableState;
  const accepted = memory.decision && { ballot: { round: 4, by: 1 }, decision: memory.decision };
  const whole = { ...memory, accepted };
  assert.deepEqual(decodeDurableState(encodeDurableState(whole, 9), 9, 3), whole);
  assert.equal(decodeDurableState(encodeDurableState(whole, 9).slice(1), 9, 3), null);
  assert.equal(decodeDurableState(encodeDurableState(whole, 9), 9, 4), null);
});

test('[VIEW-13] a boot is never reused, even if the state is of another cluster or lost', () => {
  assert.deepEqual(decodeDurableState(encodeDurableState({ ...NO_DURABLE_STATE, boot: 70 }, 9), 8, 3), {
    ...NO_DURABLE_STATE,
    boot: 70,
  });
  assert.equal(nextBoot({ ...NO_DURABLE_STATE, boot: 70 }, 5).boot, 71);
  assert.equal(nextBoot(NO_DURABLE_STATE, 1_800_000_000).boot, 1_800_000_000);
});
