// What members are told of a group: who joined, left or was removed, who leads, and what newcomers see.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawEvent } from '../../../../client/cli/draw/events.js';
import { NO_COLOURS } from '../../../../client/cli/draw/colours.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const ACCEPT = { type: 'accept', user: 'lake', nameKind: 'group' } as const;

const view = { me: 'alice', conversation: null, colours: NO_COLOURS, zone: 'UTC', now: 0, columns: undefined };

function lines(client: Client): string[] {
  const drawn = client.events.flatMap((event) => (event.event.startsWith('group_') ? drawEvent(event, view) : []));
  client.events = [];
  return drawn;
}

test('members are told who joined, left and was removed, and who leads', () => {
  const testbed = new Testbed();
  const [alice, bob, carol, dave] = testbed.online('alice', 'bob', 'carol', 'dave') as [Client, Client, Client, Client];
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  for (const guest of [bob, carol, dave]) {
    alice.command({ type: 'invite', group: 'lake', user: guest.name });
    testbed.settle();
    guest.do(ACCEPT);
    testbed.pass(30_000);
  }
  assert.deepEqual(lines(alice).slice(1), ['lake: bob joined', 'lake: carol joined', 'lake: dave joined']);
  assert.match(lines(dave).at(-1) ?? '', /member of the group lake now\. New members see /);
  lines(bob);
  carol.do({ type: 'leave_group', group: 'lake', byVote: false });
  testbed.pass(30_000);
  alice.do({ type: 'remove_member', group: 'lake', user: 'dave' });
  testbed.pass(30_000);
  alice.do({ type: 'transfer', group: 'lake', user: 'bob' });
  testbed.pass(30_000);
  assert.deepEqual(lines(bob), ['lake: carol left', 'lake: dave was removed', 'lake: bob leads the group now']);
});
