// Answers and commands that would come to nothing: each reaches the member who can decide, or its author is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;
const OFFLINE = { type: 'offline' } as const;
const ACCEPT = { type: 'accept', user: 'lake', nameKind: 'group' } as const;

const membersOf = (client: Client): string[] => client.do({ type: 'members', group: 'lake' }).members;
const warnings = (client: Client): string[] => client.told('warning').map(({ code }) => code);

function settle(testbed: Testbed): void {
  testbed.pass(30_000);
}

/** Alice leads the group `lake` with the first others; dave knows nothing of it yet. */
function lake(...others: string[]): { testbed: Testbed; alice: Client; dave: Client; at: (name: string) => Client } {
  const testbed = new Testbed();
  const [alice, dave] = testbed.online('alice', 'dave', ...others) as [Client, Client];
  const at = (name: string): Client => testbed.clients.get(name) ?? assert.fail();
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  for (const other of others) {
    alice.command({ type: 'invite', group: 'lake', user: other });
    testbed.settle();
    at(other).do(ACCEPT);
    settle(testbed);
  }
  assert.deepEqual(membersOf(alice), ['alice', ...others]);
  return { testbed, alice, dave, at };
}

function invite({ testbed, alice }: { testbed: Testbed; alice: Client }): void {
  alice.command({ type: 'invite', group: 'lake', user: 'dave' });
  testbed.settle();
}

test('[GROUP-54] the answer to an inviter that handed over and left reaches the leader', () => {
  const world = lake('bob', 'carol');
  const { testbed, alice, dave, at } = world;
  invite(world);
  alice.do({ type: 'transfer', group: 'lake', user: 'bob' });
  settle(testbed);
  alice.do({ type: 'leave_group', group: 'lake', byVote: false });
  settle(testbed);
  dave.do(ACCEPT);
  settle(testbed);
  assert.deepEqual(
    at('bob')
      .told('group_request')
      .map(({ from }) => from),
    ['dave'],
  );
  at('bob').do({ type: 'accept', user: 'dave', group: 'lake' });
  settle(testbed);
  assert.deepEqual(membersOf(dave), ['bob', 'carol', 'dave']);
});

test('[GROUP-54] an inviter that left forwards the answer to one invitation once, however often it comes', () => {
  const world = lake('bob', 'carol');
  const { testbed, alice, dave, at } = world;
  invite(world);
  alice.do({ type: 'transfer', group: 'lake', user: 'bob' });
  settle(testbed);
  alice.do({ type: 'leave_group', group: 'lake', byVote: false });
  settle(testbed);
  dave.command(OFFLINE);
  dave.command(ACCEPT);
  const [answer] = dave.store.lettersTo('alice', 'group');
  assert.ok(answer);
  dave.command(GO);
  settle(testbed);
  dave.store.transaction(() => dave.store.addLetter(answer));
  dave.command(OFFLINE);
  dave.command(GO);
  settle(testbed);
  assert.equal(at('bob').told('group_request').length, 1);
});

test('[GROUP-54] the answer to an inviter that was removed is declined, and the user is told', () => {
  const world = lake('bob', 'carol');
  const { testbed, alice, dave, at } = world;
  invite(world);
  alice.do({ type: 'transfer', group: 'lake', user: 'bob' });
  settle(testbed);
  at('bob').do({ type: 'remove_member', group: 'lake', user: 'alice' });
  settle(testbed);
  dave.do(ACCEPT);
  settle(testbed);
  assert.deepEqual(warnings(dave), ['REQUEST_REJECTED']);
  assert.deepEqual(at('bob').told('group_request'), []);
});

/** While alice is offline the others leave and go offline. Then alice returns. */
function othersLeave(testbed: Testbed, alice: Client, others: readonly Client[]): void {
  alice.command(OFFLINE);
  settle(testbed);
  for (const other of others) {
    other.do({ type: 'leave_group', group: 'lake', byVote: false });
    testbed.settle();
    other.command(OFFLINE);
    settle(testbed);
  }
  alice.command(GO);
  settle(testbed);
}

test('[GROUP-55] a quorum that needs members who left admits no user, and the invited when it is there', () => {
  const world = lake('bob');
  const { testbed, alice, dave, at } = world;
  othersLeave(testbed, alice, [at('bob')]);
  invite(world);
  dave.do(ACCEPT);
  settle(testbed);
  assert.deepEqual([membersOf(alice), warnings(alice)], [['alice'], ['GROUP_UNSETTLED']]);
  at('bob').command(GO);
  settle(testbed);
  assert.deepEqual(membersOf(dave), ['alice', 'dave']);
  assert.deepEqual(alice.do({ type: 'members', group: 'lake' }).pending, []);
});

test('[GROUP-55] a transfer that no quorum can confirm is refused', () => {
  const { testbed, alice, at } = lake('bob', 'carol', 'eve', 'fred');
  othersLeave(testbed, alice, [at('bob'), at('carol'), at('eve')]);
  assert.equal(alice.refusal({ type: 'transfer', group: 'lake', user: 'fred' }), 'GROUP_UNSETTLED');
});

test('[GROUP-56] a message to a group without other members is refused, and not called delivered', () => {
  const { testbed, alice } = lake();
  assert.equal(alice.refusal({ type: 'broadcast', group: 'lake', text: 'hello?' }), 'GROUP_ALONE');
  testbed.settle();
  assert.deepEqual(alice.told('state'), []);
});

test('[GROUP-56] [CHAT-28] [QUICK-11] a text without a visible character is refused wherever it is sent', () => {
  const { testbed, alice, at } = lake('bob');
  testbed.befriend(alice, at('bob'));
  for (const text of ['\u200b', ' \t\n', '\u2060\ufeff', '\u3164', '\u2800', '\u{e0041}', '\u00ad', '\u202e']) {
    assert.equal(alice.refusal({ type: 'broadcast', group: 'lake', text }), 'TEXT_EMPTY');
    assert.equal(alice.refusal({ type: 'say', user: 'bob', text }), 'TEXT_EMPTY');
    assert.equal(alice.refusal({ type: 'message', user: 'bob', text }), 'TEXT_EMPTY');
  }
  for (const text of ['.', '\u0301', '\u200b.', '👍', 'ก']) alice.do({ type: 'say', user: 'bob', text });
});

test('an invitation is accepted by the names of inviter and group, and by that of the inviter', () => {
  for (const [user, group] of [
    ['alice', 'lake'],
    ['alice', undefined],
    ['lake', undefined],
  ] as const) {
    const world = lake();
    invite(world);
    world.dave.do({ type: 'accept', user, ...(group === undefined ? {} : { group }) });
    settle(world.testbed);
    assert.deepEqual(membersOf(world.dave), ['alice', 'dave']);
  }
});

test('[LINK-17] friends again get what friends exchange, also where a link of group members stands', () => {
  const { testbed, alice, at } = lake('bob');
  const bob = at('bob');
  testbed.befriend(alice, bob);
  settle(testbed);
  alice.do({ type: 'remove', user: 'bob' });
  settle(testbed);
  bob.command({ type: 'post_text', text: 'news' });
  alice.do({ type: 'broadcast', group: 'lake', text: 'a link, please' });
  settle(testbed);
  assert.ok(testbed.network.join(alice, bob));
  testbed.befriend(alice, bob);
  settle(testbed);
  const { posts } = alice.do({ type: 'feed', limit: 5, before: null });
  assert.deepEqual(
    posts.map(({ text }) => text),
    ['news'],
  );
});
