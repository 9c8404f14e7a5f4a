// A member of a group repeats requests that cost another member far more than itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { GroupTestbed } from '../../protocols/groups/testbed.js';

const NO_HEAD = { index: 0, term: 0, hash: 'A'.repeat(43) };
const REQUEST: GroupFrameBody = { type: 'message_request', have: [], past: false, skip: [] };

/** How many frames of a type alice sends to mallory if mallory sends one frame so often. */
function answers(testbed: GroupTestbed, type: GroupFrameBody['type'], asked: GroupFrameBody, count: number): number {
  const sent = (): number =>
    testbed.effectsOf('alice', 'send').filter(({ to, body }) => to === 'mallory' && body.type === type).length;
  const before = sent();
  for (let nth = 0; nth < count; nth += 1) testbed.get('alice').receive('mallory', [asked]);
  return sent() - before;
}

function ask(isAnswer: boolean): GroupFrameBody {
  const told = { head: NO_HEAD, ratified: 0, promised: 0, have: [], heartbeat: null, adopted: null };
  return { type: 'sync', ...told, orphans: [], newerRecords: [], isAnswer };
}

function withMessage(): GroupTestbed {
  const testbed = GroupTestbed.of(['alice', 'mallory', 'bob']);
  testbed.broadcast('alice', 'hello');
  testbed.settle();
  return testbed;
}

const MANY = LIMITS.groupBatchesPerMember.burst + 50;

for (const past of [false, true]) {
  test(`[GROUP-60] one member gets so many batches of messages${past ? ' of the past' : ''}, and more later`, () => {
    const testbed = withMessage();
    const asked: GroupFrameBody = { type: 'message_request', have: [], past, skip: [] };
    const cost = past ? (2 * LIMITS.groupHistoryMax) / LIMITS.groupBatchMessages : 1;
    const served = answers(testbed, 'messages', asked, MANY);
    assert.ok(served > 0 && served * cost <= LIMITS.groupBatchesPerMember.burst, `${served} answers`);
    testbed.advance(1_000, 1_000);
    assert.equal(answers(testbed, 'messages', asked, MANY) * cost, LIMITS.groupBatchesPerMember.perSecond);
  });
}

test('[GROUP-60] entries cost the same budget, also in reply to answers', () => {
  const testbed = withMessage();
  assert.ok(answers(testbed, 'entries', ask(true), MANY) <= 2 * LIMITS.groupBatchesPerMember.burst);
  assert.equal(answers(testbed, 'entries', ask(true), 10), 0);
  assert.equal(answers(testbed, 'messages', REQUEST, 10), 0);
});

test('[GROUP-60] a former member gets the end of its membership within the same budget', () => {
  const testbed = withMessage();
  testbed.get('alice').execute({ type: 'remove', user: 'mallory' });
  testbed.settle();
  assert.ok(answers(testbed, 'entries', ask(false), 1) > 0);
  answers(testbed, 'entries', ask(false), MANY);
  assert.equal(answers(testbed, 'entries', ask(false), 10), 0);
});

const GAP: GroupFrameBody = { type: 'entries', from: 1_000, entries: [], proofs: [], records: [] };

for (const [what, frame] of [
  ['a sync', ask(false)],
  ['entries with a gap', GAP],
] as const) {
  test(`[GROUP-60] ${what} of one member, repeated, is answered so often, and another member is answered`, () => {
    const testbed = withMessage();
    const replies = answers(testbed, 'sync', frame, 2 * LIMITS.groupSyncRepliesBurst);
    assert.ok(replies > 0 && replies <= LIMITS.groupSyncRepliesBurst, `${replies} answers`);
    const before = testbed.effectsOf('alice', 'send').length;
    testbed.get('alice').receive('bob', [ask(false)]);
    assert.ok(testbed.effectsOf('alice', 'send').length > before);
  });
}
