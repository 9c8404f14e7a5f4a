// Users who are no friends, under as many names as they like, try to crowd out what others sent, and to end what the
// client has asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signObject } from '../../../protocols/kit/signed.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { HostileFriend } from '../identity/hostile-friend.js';
import { HostileLeader } from './hostile-leader.js';

const idOf = (nth: number): string => `${String(nth).padStart(21, 'G')}A`;

function invite(from: FakePeer, to: Client, group: string, name = 'lake'): void {
  const policy = { deputies: [], history: 'none', join: 'ask' };
  const word = { key: to.me.identity.publicKey, name, public: false, head: { index: 0, hash: group }, policy };
  from.write(to, 'group', { group, body: { type: 'invite', ...word, members: 2 } });
}

function online(): { testbed: Testbed; alice: Client } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  return { testbed, alice };
}

function stranger(testbed: Testbed, name: string): FakePeer {
  const peer = new FakePeer(name, testbed);
  peer.register();
  return peer;
}

test('[GROUP-53] invitations by crowds of strangers do not keep out the invitation of a friend', () => {
  const { testbed, alice } = online();
  const bob = HostileFriend.of(alice, testbed, 'bob');
  for (let nth = 0; nth < LIMITS.groupRequestsMax; nth += 1) invite(stranger(testbed, `eve${nth}`), alice, idOf(nth));
  invite(bob, alice, idOf(999), 'party');
  invite(stranger(testbed, 'eve'), alice, idOf(998));
  const { requests } = alice.do({ type: 'requests' });
  assert.equal(requests.length, LIMITS.groupRequestsMax);
  assert.ok(requests.some(({ from }) => from === 'bob'));
});

test('[GROUP-52] a user who was not asked does not end the request to join a group', () => {
  const { testbed, alice } = online();
  const leader = new HostileLeader('leader', testbed);
  const eve = stranger(testbed, 'eve');
  invite(leader, alice, leader.group);
  alice.do({ type: 'accept', user: 'lake', nameKind: 'group' });
  testbed.settle();
  for (let nth = 0; nth < 3; nth += 1)
    eve.write(alice, 'group', { group: leader.group, body: { type: 'decline', name: 'lake' } });
  assert.equal(alice.told('warning').filter(({ code }) => code === 'REQUEST_REJECTED').length, 1);
  const request = leader.lettersFrom(alice).findLast(({ body }) => body.type === 'join_request')?.body;
  assert.ok(request?.type === 'join_request');
  const key = alice.me.identity.publicKey;
  leader.append({ do: 'add', user: 'alice', key, record: request.record, consent: request.consent });
  leader.sendLog(alice);
  assert.ok(alice.told('group_joined').some(({ group }) => group === 'lake'));
});

test('[GROUP-53] a join request with a record of another user, or of none, is not kept', () => {
  const { testbed, alice } = online();
  alice.command({ type: 'create_group', group: 'lake', isPublic: true, history: null });
  testbed.settle();
  const group = alice.store.groups()[0] ?? '';
  const eve = stranger(testbed, 'eve');
  const author = { group, by: 'eve', device: eve.device, key: eve.identity.publicKey };
  const said = { ...author, head: { index: 0, hash: group }, nonce: 'A'.repeat(22), at: 1 };
  const consent = signObject('consent', said, eve.deviceKey, fakePrimitives);
  const ask = (record: object): void =>
    void eve.write(alice, 'group', { group, body: { type: 'join_request', name: 'lake', record, consent } });
  ask({ ...eve.record(), payload: ' '.repeat(100_000) });
  ask(stranger(testbed, 'oscar').record());
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
  ask(eve.record());
  assert.equal(alice.do({ type: 'requests' }).requests.length, 1);
});

test('[DIR-27] a member that brings thousands of names does not make the client forget a key that was verified', () => {
  const { testbed, alice } = online();
  const bob = HostileFriend.of(alice, testbed, 'bob');
  const number = alice.do({ type: 'verify', user: 'bob', confirm: null, reject: false }).safetyNumber;
  alice.do({ type: 'verify', user: 'bob', confirm: number, reject: false });
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  const names = Array.from({ length: LIMITS.friendsMax + LIMITS.requestsMax }, (_, nth) => `z${nth}`);
  for (const name of names)
    alice.store.putPerson({ ...alice.store.people()[0], name, pinned: null, verified: false } as never);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  for (let nth = 0; nth < 20; nth += 1) alice.command({ type: 'block', user: `zoe${nth}` });
  assert.equal(alice.do({ type: 'verify', user: 'bob', confirm: null, reject: false }).verified, true);
  assert.equal(bob.name, 'bob');
});
