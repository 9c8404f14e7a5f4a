// Tests pending requests: each gets its own outcome, and their number is bounded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingRequests } from '../../../nameserver/rest/pending-requests.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';

test('each request gets the outcome of its own number', async () => {
  const answers = new PendingRequests();
  const asked: number[] = [];
  const [first, second] = [answers.wait((ref) => asked.push(ref)), answers.wait((ref) => asked.push(ref))];
  answers.resolve(asked[1] ?? 0, new Refusal('NAME_TAKEN', 'bob'));
  answers.resolve(asked[0] ?? 0, new Refusal('RECORD_STALE', 'alice'));
  assert.deepEqual(
    [await first, await second],
    [new Refusal('RECORD_STALE', 'alice'), new Refusal('NAME_TAKEN', 'bob')],
  );
});

test('above the limit a request is refused with SERVER_BUSY, until one is resolved', async () => {
  const answers = new PendingRequests();
  const asked: number[] = [];
  const ask = () => answers.wait((ref) => asked.push(ref));
  const waiting = Array.from({ length: LIMITS.restPendingAnswersMax }, ask);
  assert.deepEqual(await ask(), new Refusal('SERVER_BUSY'));
  answers.resolve(asked[0] ?? 0, new Refusal('MALFORMED'));
  await waiting[0];
  void ask();
  assert.equal(asked.length, LIMITS.restPendingAnswersMax + 1);
});
