// Greetings distinguish an old copy of a user's data from the current data.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageMark } from '../../../../protocols/kit/own-proofs/marks.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';
import { connect, history, linked, question, renewals, say } from '../harness/old-copy.js';

test('[LINK-11] no link comes about with a friend who has seen more of this device than it remembers', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.dial(alice, 901);
  const effects = bob.say(alice, 901, bob.hello({ seen: bob.lostMessage(alice, 1) }));
  assert.deepEqual(framesOn(effects, 901), []);
  assert.ok(isClosed(effects, 901));
});

test('[LINK-11] a copy that lost only what others said is found out by a greeting, and gets it back', () => {
  const { testbed, alice, bob } = linked();
  bob.do(say('alice', 'before'));
  testbed.settle();
  const moment = alice.moment();
  bob.do(say('alice', 'lost'));
  testbed.settle();
  testbed.putBack(alice, moment);
  assert.equal(renewals(alice), 0);
  alice.command(connect('bob'));
  testbed.pass(60_000);
  assert.equal(renewals(alice), 1);
  assert.deepEqual(history(alice, bob), ['before', 'lost']);
});

test('[LINK-11] … or by a letter, before what the letter brings hides the gap', () => {
  const { testbed, alice, bob } = linked();
  bob.do(say('alice', 'lost'));
  const moment = alice.moment();
  testbed.settle();
  testbed.network.cut(alice);
  testbed.network.takesDials = false;
  testbed.putBack(alice, moment);
  assert.deepEqual([alice.texts('bob'), renewals(alice)], [[], 0]);
  bob.do(say('alice', 'by letter'));
  testbed.pass(120_000);
  assert.equal(renewals(alice), 1);
  assert.deepEqual(history(alice, bob), ['lost', 'by letter']);
});

test('[LINK-11] a friend who says it twice a day makes us ask for what is missing, not renew', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ heard: bob.acknowledgedBy(alice, 5) }));
  testbed.settle();
  assert.equal(renewals(alice), 1);
  const asked = question(bob, alice, 902);
  assert.ok(asked);
  const { conversation, nonce } = asked;
  bob.say(alice, 902, { type: 'refill', conversation, nonce, messages: [], more: false });
  assert.equal(question(bob, alice, 903), null);
  bob.dial(alice, 904);
  const effects = bob.say(alice, 904, bob.hello({ heard: bob.acknowledgedBy(alice, 5) }));
  assert.ok(framesOn(effects, 904).some(({ type }) => type === 'refill_wanted'));
  testbed.settle();
  assert.equal(renewals(alice), 1);
});

test('[LINK-11] what an earlier key under the name had heard is not held against the later one', () => {
  const { testbed, alice, bob } = linked();
  alice.do(say('bob', 'one'));
  testbed.settle();
  const heard: unknown[] = [];
  const moved = new FakePeer('bob', testbed, 'another life');
  moved.register();
  testbed.network.cut(bob);
  alice.command({ type: 'lookup', user: 'bob' });
  testbed.settle();
  const { claimed } = alice.do({ type: 'verify', user: 'bob', confirm: null, reject: false });
  alice.do({ type: 'verify', user: 'bob', confirm: claimed, reject: false });
  testbed.settle();
  moved.dial(alice, 901);
  for (const frame of framesOn(moved.say(alice, 901, moved.hello()), 901))
    if ('heard' in frame) heard.push(frame.heard);
  assert.deepEqual(heard, [null]);
});

test('[LINK-11] both greetings say how far the writer has stored what the reader said', () => {
  const { testbed, alice, bob } = linked();
  for (const text of ['a', 'b', 'c']) alice.do(say('bob', text));
  bob.do(say('alice', 'd'));
  testbed.settle();
  const seen: [string, number][] = [];
  testbed.passes = (client, effect) => {
    if (effect.type === 'link_send' && 'seen' in effect.frame)
      seen.push([client.name, (effect.frame.seen as MessageMark).seq]);
    return true;
  };
  testbed.network.cut(alice);
  alice.command(connect('bob'));
  testbed.pass(20_000);
  assert.deepEqual(seen.slice(0, 2).sort(), [
    ['alice', 1],
    ['bob', 3],
  ]);
  assert.equal(renewals(alice) + renewals(bob), 0);
});
