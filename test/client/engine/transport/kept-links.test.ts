// Links outlive the device that opened them: the next device takes them over, receives, and sends nothing of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';
import { connect, renewals, say } from '../harness/old-copy.js';

interface Setting {
  readonly testbed: Testbed;
  readonly alice: Client;
  readonly bob: FakePeer;
}

/** Alice has a link with bob (901), and an old copy of her data is reported, while the name server takes no record. */
function renewed(): Setting {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 901);
  testbed.server.isUp = false;
  bob.dial(alice, 902);
  bob.say(alice, 902, bob.hello({ seen: bob.lostMessage(alice, 5) }));
  testbed.settle();
  assert.equal(renewals(alice), 1);
  return { testbed, alice, bob };
}

test('[LINK-12] while a device is replaced, a friend’s messages arrive over the link and are acknowledged', () => {
  const { alice, bob } = renewed();
  const frames = framesOn(bob.say(alice, 901, { type: 'message', ...bob.message(alice) }), 901);
  assert.deepEqual(
    frames.map(({ type }) => type),
    ['ack'],
  );
  assert.deepEqual(alice.texts('bob'), ['hi']);
});

test('[LINK-12] the new device sends no message over such a link', () => {
  const { testbed, alice } = renewed();
  const effects = alice.give({ type: 'command', ref: 900, command: say('bob', 'new') });
  assert.deepEqual(framesOn(effects, 901), []);
  testbed.pass(30_000);
  assert.deepEqual(alice.states('bob'), { new: 'queued' });
});

test('[LINK-12] the link is closed when the new device links with the same user', () => {
  const { testbed, alice, bob } = renewed();
  testbed.server.isUp = true;
  testbed.pass(LIMITS.linkSilenceMs / 2);
  const effects = bob.link(alice, 903);
  assert.ok(isClosed(effects, 901));
  assert.ok(!isClosed(effects, 903));
});

test('[LINK-12] the link is closed after 10 minutes, however busy it is', () => {
  const { testbed, alice, bob } = renewed();
  const closed: number[] = [];
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'link_close') closed.push(effect.link);
    return true;
  };
  for (let waited = 0; waited < LIMITS.linkKeptMs - 20_000; waited += 10_000) {
    testbed.pass(10_000);
    bob.say(alice, 901, { type: 'ping' });
  }
  assert.deepEqual(closed, []);
  testbed.pass(40_000);
  assert.deepEqual(closed, [901]);
});

test('[LINK-12] the link is closed when the friendship ends, and when the user goes offline', () => {
  for (const command of [{ type: 'remove', user: 'bob' }, { type: 'offline' }] as const) {
    const { alice } = renewed();
    const effects = alice.give({ type: 'command', ref: 900, command });
    assert.ok(isClosed(effects, 901), command.type);
  }
});

test('[LINK-12] between two clients, messages to a user whose device is replaced arrive at once', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const carol = new FakePeer('carol', testbed);
  carol.befriend(alice);
  alice.command(connect('bob'));
  testbed.settle();
  testbed.server.isUp = false;
  carol.dial(alice, 902);
  carol.say(alice, 902, carol.hello({ seen: carol.lostMessage(alice, 5) }));
  testbed.settle();
  assert.equal(renewals(alice), 1);
  bob.do(say('alice', 'meanwhile'));
  testbed.settle();
  assert.deepEqual(alice.texts('bob'), ['meanwhile']);
  assert.deepEqual(bob.states('alice'), { meanwhile: 'delivered' });
});
