// A thief has the keys of a device that its user has replaced: they speak, vote and lead no more in the groups.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signObject } from '../../../protocols/kit/signed.js';
import { framesOn, FakePeer, isClosed } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { HostileLeader, lettersTo, type Signer } from './hostile-leader.js';

/** The keys of a client's present device, as a thief copies them. */
function steal(client: Client): Signer {
  const { name, me } = client;
  return { name, identity: me.identity, deviceKey: me.device, device: me.device.publicKey };
}

function renew(testbed: Testbed, client: Client): void {
  const [ref] = client.command({ type: 'renew-device' });
  testbed.settle();
  assert.ok(client.answer(ref)?.ok);
  testbed.pass(10_000);
}

/** Mallory leads `lake` with alice and bob, who are friends. A thief has the device that alice then replaces. */
function stolenFromMember() {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends('alice', 'bob');
  const mallory = new HostileLeader('mallory', testbed);
  for (const client of [alice, bob]) mallory.admit(client);
  mallory.sendLog(alice);
  const thief = steal(alice);
  renew(testbed, alice);
  bob.events = [];
  return { testbed, alice, bob, mallory, thief };
}

test('[GROUP-49] what a thief writes with a replaced device is not shown, even if the leader writes nothing', () => {
  const { bob, mallory, thief, alice, testbed } = stolenFromMember();
  mallory.sendMessages(bob, mallory.groupMessage(thief, 'send me the money'));
  assert.deepEqual(bob.told('group'), []);
  alice.do({ type: 'broadcast', group: 'lake', text: 'I have new keys' });
  testbed.settle();
  assert.deepEqual(
    bob.told('group').map(({ text }) => text),
    ['I have new keys'],
  );
});

test('[GROUP-47] after the entry of an honest leader the thief writes nothing, whatever it cites', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends('alice', 'bob');
  const mallory = new HostileLeader('mallory', testbed, 'hill');
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  alice.command({ type: 'invite', group: 'lake', user: 'bob' });
  testbed.settle();
  bob.do({ type: 'accept', user: 'lake', nameKind: 'group' });
  testbed.settle();
  const thief = steal(bob);
  const invited = lettersTo(mallory, alice);
  assert.deepEqual(invited, []);
  renew(testbed, bob);
  const entries = alice.store.groupStore(alice.store.groups()[0] ?? '').entries();
  assert.match(entries.at(-1)?.payload ?? '', /"do":"devices"/);
  mallory.follow(entries.slice(0, 2));
  const forged = mallory.groupMessage(thief, 'send me the money');
  mallory.sendMessages(alice, forged);
  const friend = Object.assign(new FakePeer('bob', testbed), { identity: bob.me.identity, deviceKey: bob.me.device });
  friend.write(alice, 'group', {
    group: mallory.group,
    body: { type: 'bundle', bodies: [{ type: 'messages', messages: [forged], more: false }] },
  });
  assert.deepEqual(alice.told('group'), []);
});

test('[GROUP-49] [GROUP-50] the replaced device of a leader leads no more', () => {
  const testbed = new Testbed();
  const [alice, bob, carol] = testbed.online('alice', 'bob', 'carol') as [Client, Client, Client];
  const mallory = new HostileLeader('mallory', testbed, 'hill');
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  for (const client of [bob, carol]) {
    alice.command({ type: 'invite', group: 'lake', user: client.name });
    testbed.settle();
    client.do({ type: 'accept', user: 'lake', nameKind: 'group' });
    testbed.settle();
  }
  testbed.pass(60_000);
  const thief = steal(alice);
  const group = alice.store.groups()[0] ?? '';
  mallory.follow(alice.store.groupStore(group).entries());
  renew(testbed, alice);
  testbed.pass(120_000);
  const removal = mallory.entry({ do: 'remove', user: 'carol', cut: [] }, thief);
  const from = mallory.log.position.index + 1;
  mallory.sendBodies(bob, { type: 'entries', from, entries: [removal], proofs: [], records: [] });
  assert.deepEqual(bob.do({ type: 'members', group: 'lake' }).members, ['alice', 'bob', 'carol']);
  alice.do({ type: 'remove_member', group: 'lake', user: 'carol' });
  testbed.settle();
  assert.deepEqual(bob.do({ type: 'members', group: 'lake' }).members, ['alice', 'bob']);
});

test('[LINK-13] a link of a replaced device is closed, and it opens no other', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 900);
  const stolen = { ...bob.hello(), record: bob.record() };
  const renewed = Object.assign(new FakePeer('bob', testbed, 'renewed'), { identity: bob.identity });
  renewed.register(renewed.record(2));
  const effects = alice.give();
  alice.command({ type: 'update' });
  const all: unknown[] = [];
  testbed.passes = (_, effect) => all.push(effect) > 0;
  testbed.settle();
  assert.ok(isClosed([...effects, ...(all as typeof effects)], 900));
  bob.dial(alice, 901);
  const answer = bob.say(alice, 901, stolen);
  assert.ok(isClosed(answer, 901));
  assert.deepEqual(framesOn(answer, 901), []);
});

test('[GROUP-42] a consent of a replaced device admits no user', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends('alice', 'bob');
  const mallory = new FakePeer('mallory', testbed);
  mallory.register();
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  alice.command({ type: 'invite', group: 'lake', user: 'bob' });
  testbed.settle();
  const thief = steal(bob);
  const old = bob.store.setting('record') ?? '';
  renew(testbed, bob);
  const group = alice.store.groups()[0] ?? '';
  const said = { group, by: 'bob', device: thief.device, key: thief.identity.publicKey };
  const head = { index: 0, hash: group };
  const signed = { ...said, head, nonce: 'A'.repeat(22), at: 1 };
  const consent = signObject('consent', signed, thief.deviceKey, fakePrimitives);
  const friend = Object.assign(new FakePeer('bob', testbed), { identity: bob.me.identity, deviceKey: bob.me.device });
  friend.write(alice, 'group', {
    group,
    body: { type: 'join_request', name: 'lake', record: JSON.parse(old) as object, consent },
  });
  assert.deepEqual(alice.do({ type: 'members', group: 'lake' }).members, ['alice']);
});
