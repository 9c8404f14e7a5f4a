// Friend requests to names that no user has.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

test('[FRIEND-1] a request made offline is said to leave later, and its author hears if no such user exists', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  alice.command({ type: 'offline' });
  testbed.server.isUp = false;
  testbed.settle();
  const [ref] = alice.command({ type: 'add', user: 'zed', note: '' });
  testbed.settle();
  const answer = alice.answer(ref);
  assert.deepEqual(answer?.ok && answer.data, { user: 'zed', later: true });
  testbed.server.isUp = true;
  testbed.server.rejects = ({ to }) => (to === 'zed' ? 'RECIPIENT_UNKNOWN' : null);
  alice.command({ type: 'online', acceptServer: false });
  testbed.pass(60_000);
  assert.equal(alice.store.people().find(({ name }) => name === 'zed')?.friendship, 'none');
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['USER_UNKNOWN'],
  );
});
