// An old copy of our data never goes on under its old numbers: a new device takes over, and friends give back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refillWantedFrameShape, type RefillWantedFrame } from '../../../../protocols/chat/messages.js';
import { readRecord } from '../../../../protocols/directory/judge.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from '../harness/client.js';
import { framesOn, isClosed, Puppet } from '../harness/puppet.js';
import { Scene } from '../harness/scene.js';
import { Town } from '../harness/town.js';

const say = (user: string, text: string) => ({ do: 'say', user, text }) as const;
const connect = (user: string) => ({ do: 'connect', user }) as const;

function linked(): { town: Town; alice: Client; bob: Client } {
  const town = new Town();
  const [alice, bob] = town.friends();
  alice.command(connect('bob'));
  town.settle();
  return { town, alice, bob };
}

/** A session more: with it, whatever was on the disk before can be told from what is on it now. */
function reconnect(town: Town, client: Client): void {
  town.server.drop(client, 'broken');
  town.pass(2_000);
}

const renewals = (client: Client) => client.told('warning').filter(({ code }) => code === 'RENEWED').length;

/** Both histories, which must be one. */
function history(alice: Client, bob: Client): string[] {
  const [hers, his] = [alice.texts('bob'), bob.texts('alice')];
  assert.deepEqual([...hers].sort(), [...his].sort());
  return hers;
}

test('[CHAT-18] RESTORED asks for a new device, and commands that wait go with it', () => {
  const scene = new Scene();
  const ref = scene.connect();
  scene.challenge();
  scene.say({ type: 'refused', code: 'RESTORED', about: 'alice' });
  assert.deepEqual(scene.last('renew_device'), { kind: 'renew_device', online: true });
  assert.equal(scene.code(ref), 'no answer');
  assert.equal(scene.count('renew_device'), 1);
});

test('[CHAT-18] a disk put back: a new device is published under the same identity, and `online` succeeds', () => {
  const { town, alice } = linked();
  const [device, moment] = [alice.device, alice.moment()];
  reconnect(town, alice);
  town.putBack(alice, moment);
  assert.notEqual(alice.device, device);
  assert.ok(alice.do({ do: 'whoami' }).online);
  assert.equal(renewals(alice), 1);
  const record = readRecord(town.server.records.get('alice') ?? { payload: '', signature: '' }, fakePrimitives);
  assert.deepEqual(
    record?.devices.map((listed) => listed.device),
    [alice.device],
  );
  assert.equal(record?.key, alice.me.identity.publicKey);
});

test('[CHAT-18] a friend who has seen more of this device than it remembers is believed, once a day', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  for (const [waitMs, count] of [
    [0, 1],
    [1_000, 1],
    [LIMITS.renewalByFriendsMs, 2],
  ] as const) {
    town.pass(waitMs);
    bob.dial(alice, 901 + count + waitMs);
    bob.say(alice, 901 + count + waitMs, bob.hello({ seen: 5 }));
    town.settle();
    assert.equal(renewals(alice), count);
  }
});

test('[LINK-11] no link comes about with a friend who has seen more of this device than it remembers', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  bob.dial(alice, 901);
  const effects = bob.say(alice, 901, bob.hello({ seen: 1 }));
  assert.deepEqual(framesOn(effects, 901), []);
  assert.ok(isClosed(effects, 901));
});

test('[LINK-11] a copy that lost only what others said is found out by a greeting, and gets it back', () => {
  const { town, alice, bob } = linked();
  bob.do(say('alice', 'before'));
  town.settle();
  const moment = alice.moment();
  bob.do(say('alice', 'lost'));
  town.settle();
  town.putBack(alice, moment);
  assert.equal(renewals(alice), 0);
  alice.command(connect('bob'));
  town.pass(60_000);
  assert.equal(renewals(alice), 1);
  assert.deepEqual(history(alice, bob), ['before', 'lost']);
});

test('[LINK-11] … or by a letter, before what the letter brings hides the gap', () => {
  const { town, alice, bob } = linked();
  bob.do(say('alice', 'lost'));
  const moment = alice.moment();
  town.settle();
  town.cables.cut(alice);
  town.cables.takesDials = false;
  town.putBack(alice, moment);
  assert.deepEqual([alice.texts('bob'), renewals(alice)], [[], 0]);
  bob.do(say('alice', 'by letter'));
  town.pass(120_000);
  assert.equal(renewals(alice), 1);
  assert.deepEqual(history(alice, bob), ['lost', 'by letter']);
});

/** A puppet links with a client, who asks it for what is missing. */
function question(bob: Puppet, alice: Client, link: number): RefillWantedFrame | null {
  const frames: object[] = framesOn(bob.link(alice, link), link);
  return frames.find((frame) => refillWantedFrameShape.accepts(frame)) ?? null;
}

test('[LINK-11] a friend who says it twice a day makes us ask for what is missing, not renew', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ heard: 5 }));
  town.settle();
  assert.equal(renewals(alice), 1);
  const asked = question(bob, alice, 902);
  assert.ok(asked);
  const { conversation, nonce } = asked;
  bob.say(alice, 902, { type: 'refill', conversation, nonce, messages: [], more: false });
  assert.equal(question(bob, alice, 903), null);
  bob.dial(alice, 904);
  const effects = bob.say(alice, 904, bob.hello({ heard: 5 }));
  assert.ok(framesOn(effects, 904).some(({ type }) => type === 'refill_wanted'));
  town.settle();
  assert.equal(renewals(alice), 1);
});

test('[LINK-11] what an earlier key under the name had heard is not held against the later one', () => {
  const { town, alice, bob } = linked();
  alice.do(say('bob', 'one'));
  town.settle();
  const heard: unknown[] = [];
  const moved = new Puppet('bob', town, 'another life');
  moved.register();
  town.cables.cut(bob);
  alice.command({ do: 'lookup', user: 'bob' });
  town.settle();
  alice.do({ do: 'verify', user: 'bob', confirm: true });
  town.settle();
  moved.dial(alice, 901);
  for (const frame of framesOn(moved.say(alice, 901, moved.hello()), 901))
    if ('heard' in frame) heard.push(frame.heard);
  assert.deepEqual(heard, [0]);
});

test('[LINK-11] both greetings say how far the writer has stored what the reader said', () => {
  const { town, alice, bob } = linked();
  for (const text of ['a', 'b', 'c']) alice.do(say('bob', text));
  bob.do(say('alice', 'd'));
  town.settle();
  const seen: [string, unknown][] = [];
  town.passes = (client, effect) => {
    if (effect.kind === 'link_send' && 'seen' in effect.frame) seen.push([client.name, effect.frame.seen]);
    return true;
  };
  town.cables.cut(alice);
  alice.command(connect('bob'));
  town.pass(20_000);
  assert.deepEqual(seen.slice(0, 2).sort(), [
    ['alice', 1],
    ['bob', 3],
  ]);
  assert.equal(renewals(alice) + renewals(bob), 0);
});

test('[CHAT-18] an acknowledgement beyond what was said renews as well', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  bob.link(alice, 901);
  const { conversation } = bob.message(alice);
  bob.say(alice, 901, { type: 'ack', conversation, device: alice.device, upTo: 9, ids: [] });
  town.settle();
  assert.equal(renewals(alice), 1);
});

test('[CHAT-18] a renewal by a clock that was ahead does not make us deaf to friends until then', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  alice.store.putSetting('renewed for a friend at', String(town.now + 30 * LIMITS.renewalByFriendsMs));
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ seen: 5 }));
  town.settle();
  assert.equal(renewals(alice), 1);
});

test('[CHAT-18] those who were asked are asked again by the new device', () => {
  const town = new Town();
  const [alice, bob] = town.online('alice', 'bob') as [Client, Client];
  bob.command({ do: 'offline' });
  alice.command({ do: 'add', user: 'bob', note: '' });
  town.settle();
  const moment = alice.moment();
  reconnect(town, alice);
  town.putBack(alice, moment);
  bob.command({ do: 'online', acceptServer: false });
  town.pass(30_000);
  const record = readRecord(bob.store.people()[0]?.pinned?.record ?? { payload: '', signature: '' }, fakePrimitives);
  assert.deepEqual(
    record?.devices.map((listed) => listed.device),
    [alice.device],
  );
  assert.deepEqual(
    bob.do({ do: 'requests' }).requests.map(({ from }) => from),
    ['alice'],
  );
});

test('[CHAT-18] whoever lost nothing keeps the device, over restarts and broken wires', () => {
  const { town, alice, bob } = linked();
  const { device } = alice;
  for (let k = 0; k < 5; k += 1) {
    alice.command(say('bob', `m${k}`));
    town.restart(alice);
    alice.command({ do: 'online', acceptServer: false });
    town.pass(20_000);
  }
  assert.equal(alice.device, device);
  assert.equal(history(alice, bob).length, 5);
});

test('[CHAT-19] what an old copy has lost comes back, read and delivered, and is announced to nobody', () => {
  const { town, alice, bob } = linked();
  alice.do(say('bob', 'before'));
  town.settle();
  const moment = alice.moment();
  alice.do(say('bob', 'lost: mine'));
  bob.do(say('alice', 'lost: his'));
  reconnect(town, alice);
  alice.events = [];
  town.putBack(alice, moment);
  town.pass(30_000);
  assert.deepEqual(history(alice, bob), ['before', 'lost: mine', 'lost: his']);
  assert.deepEqual([alice.told('chat'), bob.told('chat').length], [[], 2]);
  assert.equal(alice.do({ do: 'list' }).friends[0]?.unread, 0);
  assert.equal(alice.states('bob')['lost: mine'], 'delivered');
});

test('[CHAT-19] only the answer to the last question counts', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ heard: 1 }));
  town.settle();
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

test('[CHAT-19] more than a batch comes back too, whole and in order', () => {
  const { town, alice, bob } = linked();
  const moment = alice.moment();
  const texts = Array.from({ length: 60 }, (_, k) => `${k} ${'x'.repeat(10_000)}`);
  for (const text of texts) bob.command(say('alice', text));
  reconnect(town, alice);
  town.putBack(alice, moment);
  town.pass(60_000);
  assert.deepEqual(history(alice, bob), texts);
});

test('[CHAT-19] what the old copy still had waiting is said again where the friend lacks it', () => {
  const { town, alice, bob } = linked();
  town.cables.cut(alice);
  town.cables.takesDials = false;
  bob.command({ do: 'offline' });
  town.server.rejects = () => 'MAILBOX_FULL';
  alice.command(say('bob', 'never left'));
  town.settle();
  const moment = alice.moment();
  reconnect(town, alice);
  town.server.rejects = () => null;
  town.cables.takesDials = true;
  town.putBack(alice, moment);
  bob.command({ do: 'online', acceptServer: false });
  town.pass(120_000);
  assert.deepEqual(history(alice, bob), ['never left']);
  assert.deepEqual(alice.states('bob'), { 'never left': 'delivered' });
  assert.deepEqual(alice.do({ do: 'outbox' }).messages, []);
});

test('[CHAT-19] what the old copy still had waiting is not said again where the friend has it', () => {
  const { town, alice, bob } = linked();
  town.passes = (client, effect) => client !== bob || effect.kind !== 'link_send';
  alice.command(say('bob', 'arrived'));
  town.settle();
  const moment = alice.moment();
  town.passes = () => true;
  town.cables.cut(alice);
  town.pass(20_000);
  assert.deepEqual(alice.states('bob'), { arrived: 'delivered' });
  reconnect(town, alice);
  town.putBack(alice, moment);
  town.pass(60_000);
  assert.deepEqual(history(alice, bob), ['arrived']);
  assert.deepEqual(alice.states('bob'), { arrived: 'delivered' });
  assert.equal(bob.told('chat').length, 1);
});

test('[CHAT-19] a receipt for what the old device left as a letter makes it delivered', () => {
  const { town, alice, bob } = linked();
  town.cables.cut(alice);
  town.cables.takesDials = false;
  bob.command({ do: 'offline' });
  town.settle();
  alice.command(say('bob', 'left by the old device'));
  town.settle();
  const moment = alice.moment();
  reconnect(town, alice);
  town.putBack(alice, moment);
  assert.deepEqual(alice.states('bob'), { 'left by the old device': 'held' });
  bob.command({ do: 'online', acceptServer: false });
  town.settle();
  assert.deepEqual(history(alice, bob), ['left by the old device']);
  assert.deepEqual(alice.states('bob'), { 'left by the old device': 'delivered' });
});

test('[CHAT-19] numbers that were given twice: what each copy said is in both histories', () => {
  const { town, alice, bob } = linked();
  const moment = alice.moment();
  alice.do(say('bob', 'said by the first'));
  town.settle();
  // The copy says something under the number that is taken before anybody can tell it.
  town.server.isUp = false;
  town.server.drop(alice, 'down');
  town.cables.takesDials = false;
  town.putBack(alice, moment);
  alice.do(say('bob', 'said by the copy'));
  town.settle();
  town.server.isUp = true;
  town.cables.takesDials = true;
  town.pass(180_000);
  assert.deepEqual(history(alice, bob).sort(), ['said by the copy', 'said by the first']);
  assert.equal(bob.told('chat').length, 2);
});

test('[CHAT-19] a friend gives back only to the conversation that is asked for, and only when asked', () => {
  const town = new Town();
  const [alice] = town.online('alice') as [Client];
  const bob = new Puppet('bob', town);
  bob.befriend(alice);
  bob.link(alice, 901);
  const { conversation } = bob.message(alice);
  const said = { yours: true, ...bob.message(alice, { text: 'I never said that' }) };
  bob.say(alice, 901, { type: 'refill', conversation, nonce: 'A'.repeat(22), messages: [said], more: false });
  assert.deepEqual(alice.texts('bob'), []);
});

test('[CHAT-19] after a renewal there is talk as before, both ways, and letters to the old device still arrive', () => {
  const { town, alice, bob } = linked();
  const moment = alice.moment();
  alice.do(say('bob', 'one'));
  reconnect(town, alice);
  bob.command({ do: 'offline' });
  town.settle();
  town.putBack(alice, moment);
  town.settle();
  town.cables.takesDials = false;
  alice.command({ do: 'offline' });
  town.settle();
  bob.command({ do: 'online', acceptServer: false });
  bob.command(say('alice', 'two'));
  town.pass(15_000);
  town.cables.takesDials = true;
  alice.command({ do: 'online', acceptServer: false });
  alice.command(say('bob', 'three'));
  town.pass(180_000);
  assert.deepEqual(history(alice, bob).sort(), ['one', 'three', 'two']);
});
