// What an old copy of our data has lost comes back from the other side of each conversation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS } from '../../../../client/engine/core/settings.js';
import { messageId } from '../../../../protocols/chat/messages.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { acknowledgedBy } from '../../../sim/oracle/acknowledgements.js';
import { FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';
import { history, linked, question, reconnect, say } from '../harness/old-copy.js';

test('[CHAT-19] what an old copy has lost comes back, read and delivered, without an announcement', () => {
  const { testbed, alice, bob } = linked();
  alice.do(say('bob', 'before'));
  testbed.settle();
  const moment = alice.moment();
  alice.do(say('bob', 'lost: mine'));
  bob.do(say('alice', 'lost: his'));
  reconnect(testbed, alice);
  alice.events = [];
  testbed.putBack(alice, moment);
  testbed.pass(30_000);
  assert.deepEqual(history(alice, bob), ['before', 'lost: mine', 'lost: his']);
  assert.deepEqual([alice.told('chat'), bob.told('chat').length], [[], 2]);
  assert.equal(alice.do({ type: 'list' }).friends[0]?.unread, 0);
  assert.equal(alice.states('bob')['lost: mine'], 'delivered');
});

test('[CHAT-19] only the answer to the last question counts', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ heard: bob.acknowledgedBy(alice, 1) }));
  testbed.settle();
  const stale = question(bob, alice, 902);
  const asked = question(bob, alice, 903);
  assert.ok(stale && asked);
  const messages = [{ yours: false, ...bob.message(alice, { text: 'lost' }) }];
  const { conversation, nonce } = asked;
  bob.say(alice, 903, { type: 'refill', conversation, nonce: stale.nonce, messages, more: false });
  assert.deepEqual(alice.texts('bob'), []);
  bob.say(alice, 903, { type: 'refill', conversation, nonce, messages, more: false });
  assert.deepEqual(alice.texts('bob'), ['lost']);
});

test('[CHAT-19] after a loss, a friend with another device than the one that answered is asked again', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const remember = (setting: string, value: string) =>
    alice.store.transaction(() => alice.store.putSetting(setting, value));
  remember(SETTINGS.unannounced, 'false');
  remember(SETTINGS.recoveredFrom('bob'), bob.device);
  assert.equal(question(bob, alice, 901), null);
  remember(SETTINGS.recoveredFrom('bob'), 'an earlier device of bob');
  assert.ok(question(bob, alice, 902));
});

test('[CHAT-19] more than a batch comes back too, whole and in order', () => {
  const { testbed, alice, bob } = linked();
  const moment = alice.moment();
  const texts = Array.from({ length: 60 }, (_, k) => `${k} ${'x'.repeat(10_000)}`);
  for (const text of texts) bob.command(say('alice', text));
  reconnect(testbed, alice);
  testbed.putBack(alice, moment);
  testbed.pass(60_000);
  assert.deepEqual(history(alice, bob), texts);
});

test('[CHAT-19] what the old copy still had waiting is said again where the friend lacks it', () => {
  const { testbed, alice, bob } = linked();
  testbed.network.cut(alice);
  testbed.network.takesDials = false;
  bob.command({ type: 'offline' });
  testbed.server.rejects = () => 'MAILBOX_FULL';
  alice.command(say('bob', 'never left'));
  testbed.settle();
  const moment = alice.moment();
  reconnect(testbed, alice);
  testbed.server.rejects = () => null;
  testbed.network.takesDials = true;
  testbed.putBack(alice, moment);
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(120_000);
  assert.deepEqual(history(alice, bob), ['never left']);
  assert.deepEqual(alice.states('bob'), { 'never left': 'delivered' });
  assert.deepEqual(alice.do({ type: 'outbox' }).messages, []);
});

test('[CHAT-19] what the old copy still had waiting is not said again where the friend has it', () => {
  const { testbed, alice, bob } = linked();
  testbed.passes = (client, effect) => client !== bob || effect.type !== 'link_send';
  alice.command(say('bob', 'arrived'));
  testbed.settle();
  const moment = alice.moment();
  testbed.passes = () => true;
  testbed.network.cut(alice);
  testbed.pass(20_000);
  assert.deepEqual(alice.states('bob'), { arrived: 'delivered' });
  reconnect(testbed, alice);
  testbed.putBack(alice, moment);
  testbed.pass(60_000);
  assert.deepEqual(history(alice, bob), ['arrived']);
  assert.deepEqual(alice.states('bob'), { arrived: 'delivered' });
  assert.equal(bob.told('chat').length, 1);
});

test('[CHAT-19] a receipt for what the old device left as a letter makes it delivered', () => {
  const { testbed, alice, bob } = linked();
  testbed.network.cut(alice);
  testbed.network.takesDials = false;
  bob.command({ type: 'offline' });
  testbed.settle();
  alice.command(say('bob', 'left by the old device'));
  testbed.settle();
  const moment = alice.moment();
  reconnect(testbed, alice);
  testbed.putBack(alice, moment);
  assert.deepEqual(alice.states('bob'), { 'left by the old device': 'held' });
  bob.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.deepEqual(history(alice, bob), ['left by the old device']);
  assert.deepEqual(alice.states('bob'), { 'left by the old device': 'delivered' });
});

test('[CHAT-19] numbers that were given twice: what each copy said is in both histories', () => {
  const { testbed, alice, bob } = linked();
  const moment = alice.moment();
  alice.do(say('bob', 'said by the first'));
  testbed.settle();
  // The copy says something under the number that is taken before anybody can tell it.
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  testbed.network.takesDials = false;
  testbed.putBack(alice, moment);
  alice.do(say('bob', 'said by the copy'));
  testbed.settle();
  testbed.server.isUp = true;
  testbed.network.takesDials = true;
  testbed.pass(180_000);
  assert.deepEqual(history(alice, bob).sort(), ['said by the copy', 'said by the first']);
  assert.equal(bob.told('chat').length, 2);
});

test('[CHAT-19] a friend gives back only to the conversation that is asked for, and only when asked', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 901);
  const { conversation } = bob.message(alice);
  const said = { yours: true, ...bob.message(alice, { text: 'I never said that' }) };
  bob.say(alice, 901, { type: 'refill', conversation, nonce: 'A'.repeat(22), messages: [said], more: false });
  assert.deepEqual(alice.texts('bob'), []);
});

test('[CHAT-19] what had come and waited for something lost is shown and acknowledged once that has come back', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ heard: bob.acknowledgedBy(alice, 1) }));
  testbed.settle();
  const asked = question(bob, alice, 902);
  assert.ok(asked);
  const [one, two] = [bob.message(alice, { text: 'one' }), bob.message(alice, { text: 'two', seq: 2, after: 1 })];
  bob.say(alice, 902, { type: 'message', ...two });
  assert.deepEqual(alice.texts('bob'), []);
  const { conversation, nonce } = asked;
  const messages = [one, two].map((message) => ({ yours: false, ...message }));
  const acknowledged: string[] = [];
  testbed.passes = (_, effect) => {
    acknowledged.push(...acknowledgedBy(effect));
    return true;
  };
  bob.say(alice, 902, { type: 'refill', conversation, nonce, messages, more: false });
  assert.deepEqual(alice.texts('bob'), ['one', 'two']);
  // While it waited it was not acknowledged, so bob would show it as undelivered.
  assert.deepEqual(acknowledged, [messageId('bob', two, fakePrimitives)]);
});

test('[CHAT-19] after a renewal there is talk as before, both ways, and letters to the old device still arrive', () => {
  const { testbed, alice, bob } = linked();
  const moment = alice.moment();
  alice.do(say('bob', 'one'));
  reconnect(testbed, alice);
  bob.command({ type: 'offline' });
  testbed.settle();
  testbed.putBack(alice, moment);
  testbed.settle();
  testbed.network.takesDials = false;
  alice.command({ type: 'offline' });
  testbed.settle();
  bob.command({ type: 'online', acceptServer: false });
  bob.command(say('alice', 'two'));
  testbed.pass(15_000);
  testbed.network.takesDials = true;
  alice.command({ type: 'online', acceptServer: false });
  alice.command(say('bob', 'three'));
  testbed.pass(180_000);
  assert.deepEqual(history(alice, bob).sort(), ['one', 'three', 'two']);
});
