// Tests the search for forked sequences: one number with two texts must be reported, everything else not.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { StoredMessage } from '../../../client/engine/core/store.js';
import { forks } from './forks.js';

/** The message with number 1 of alice's device to bob, as one of the two stores it. */
function numberOne(user: 'alice' | 'bob', text: string, state: StoredMessage['state'] = 'delivered') {
  const mine = user === 'alice';
  const fixed = {
    device: 'device of alice',
    kind: 'chat',
    seq: 1,
    lamport: 1,
    at: 0,
    shown: true,
    after: 0,
    proof: null,
  } as const;
  const message: StoredMessage = { ...fixed, id: text, peer: mine ? 'bob' : 'alice', mine, text, state };
  return { user, messages: [message] };
}

const never = () => false;

test('[CHAT-18] one number with two texts is a fork', () => {
  const found = forks([numberOne('alice', 'one'), numberOne('bob', 'another')], never);
  assert.equal(found.length, 1);
  assert.match(found[0] ?? '', /^\[CHAT-18\] number 1 of alice to bob .* "one" at alice, "another" at bob/);
});

test('[CHAT-18] a cancelled text is a fork too, unless it is exempt', () => {
  const conversations = [numberOne('alice', 'one', 'cancelled'), numberOne('bob', 'another')];
  assert.equal(forks(conversations, never).length, 1);
  assert.deepEqual(
    forks(conversations, () => true),
    [],
  );
});

test('[CHAT-18] the same text at both users, or a queued one, is not a fork', () => {
  assert.deepEqual(forks([numberOne('alice', 'one'), numberOne('bob', 'one')], never), []);
  assert.deepEqual(forks([numberOne('alice', 'one', 'queued'), numberOne('bob', 'another')], never), []);
});
