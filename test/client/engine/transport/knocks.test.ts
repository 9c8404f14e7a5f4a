// Which callers a client admits: for a link friends and members of its groups, for posts friends, and no other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputOf } from '../../../../client/engine/core/part.js';
import { FakePeer } from '../harness/fake-peer.js';
import { say } from '../harness/old-copy.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

interface Setting {
  readonly testbed: Testbed;
  readonly alice: Client;
  readonly bob: FakePeer;
  readonly mallory: FakePeer;
}

/** Bob is a friend of alice, mallory is a stranger. */
function setUp(): Setting {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const [bob, mallory] = [new FakePeer('bob', testbed), new FakePeer('mallory', testbed)];
  bob.befriend(alice);
  mallory.register();
  return { testbed, alice, bob, mallory };
}

type Knocked = Pick<InputOf<'knocked'>, 'device' | 'record'>;

function isAdmitted(alice: Client, purpose: 'link' | 'posts', caller: Knocked): boolean {
  const effects = alice.give({ type: 'knocked', knock: 1, purpose, ...caller });
  const answers = effects.flatMap(({ type }) => (type === 'knock_admit' || type === 'knock_ignore' ? [type] : []));
  assert.equal(answers.length, 1);
  return answers[0] === 'knock_admit';
}

const ADMITTED: Record<string, (setting: Setting) => Knocked> = {
  'a friend by its listed device': ({ bob }) => ({ device: bob.device, record: bob.record() }),
  'a friend by the device of a newer record': ({ bob, mallory }) => ({
    device: mallory.device,
    record: bob.record(2, mallory.device),
  }),
};

const IGNORED: Record<string, (setting: Setting) => Knocked> = {
  'a stranger': ({ mallory }) => ({ device: mallory.device, record: mallory.record() }),
  'a stranger with the record of a friend': ({ bob, mallory }) => ({ device: mallory.device, record: bob.record() }),
  'a stranger with a record of its own in the name of a friend': ({ mallory }) => ({
    device: mallory.device,
    record: mallory.record(9, mallory.device, 'bob'),
  }),
  'a friend by a device that it does not list': ({ bob, mallory }) => ({
    device: mallory.device,
    record: bob.record(2),
  }),
  'a friend with a record that is no record': ({ bob }) => ({
    device: bob.device,
    record: { payload: '{}', signature: 'A'.repeat(86) },
  }),
  'a stranger with a certificate': ({ mallory }) => ({ device: mallory.device, record: null }),
};

for (const purpose of ['link', 'posts'] as const) {
  for (const [who, knock] of Object.entries(ADMITTED)) {
    test(`[LINK-23] ${who} is admitted for ${purpose === 'link' ? 'a link' : 'posts'}`, () => {
      const setting = setUp();
      assert.ok(isAdmitted(setting.alice, purpose, knock(setting)));
    });
  }
  for (const [who, knock] of Object.entries(IGNORED)) {
    test(`[LINK-23] ${who} is ignored at ${purpose === 'link' ? 'a link' : 'posts'}`, () => {
      const setting = setUp();
      assert.ok(!isAdmitted(setting.alice, purpose, knock(setting)));
      assert.deepEqual(setting.alice.told('warning'), []);
    });
  }
}

test('[LINK-25] the certificate of a friend is admitted for posts as long as the record lists its device', () => {
  const { alice, bob, mallory } = setUp();
  assert.ok(isAdmitted(alice, 'posts', { device: bob.device, record: null }));
  assert.ok(isAdmitted(alice, 'posts', { device: mallory.device, record: bob.record(2, mallory.device) }));
  assert.ok(!isAdmitted(alice, 'posts', { device: bob.device, record: null }));
});

test('[LINK-23] a member of a common group is admitted for a link, and not for posts', () => {
  const testbed = new Testbed();
  const [alice, carol] = testbed.online('alice', 'carol') as [Client, Client];
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  alice.command({ type: 'invite', group: 'lake', user: 'carol' });
  testbed.settle();
  const record = testbed.server.records.get('carol') ?? null;
  assert.ok(!isAdmitted(alice, 'link', { device: carol.device, record }));
  carol.command({ type: 'accept', user: 'lake' });
  testbed.settle();
  assert.ok(isAdmitted(alice, 'link', { device: carol.device, record }));
  assert.ok(!isAdmitted(alice, 'posts', { device: carol.device, record }));
});

test('[LINK-10] [LINK-23] while the user is offline, no caller is admitted', () => {
  const { alice, bob } = setUp();
  alice.do({ type: 'offline' });
  for (const purpose of ['link', 'posts'] as const) assert.ok(!bob.knock(alice, purpose));
});

test('[LINK-26] a renewed device neither admits a caller nor dials before the name server lists it', () => {
  const { testbed, alice, bob } = setUp();
  const dials: string[] = [];
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'dial') dials.push(effect.type);
    return effect.type !== 'dial';
  };
  const offer = () => void bob.write(alice, 'offer', { nonce: bob.device, endpoints: [bob.at] });
  testbed.server.isUp = false;
  alice.command({ type: 'renew-device' });
  testbed.settle();
  assert.ok(!bob.knock(alice, 'link'));
  alice.do(say('bob', 'hello'));
  offer();
  testbed.pass(10_000);
  assert.deepEqual(dials, []);
  testbed.server.isUp = true;
  testbed.pass(60_000);
  assert.ok(bob.knock(alice, 'link'));
  offer();
  assert.notDeepEqual(dials, []);
});
