// Messages on one relay: acceptance, delivery and refusals.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { codesOf, FakeClient, RelayTestbed, START, textsOf } from './relay-testbed.js';

const alice = () => new FakeClient('alice');
const bob = () => new FakeClient('bob');

test('[CHAN-7] an accepted message reaches every member of the channel once, including the sender', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  const [, b] = enter(testbed, bob(), 'lake');
  const [, c] = enter(testbed, new FakeClient('carol'), 'hill');
  testbed.told(a);
  testbed.say(a, who.says('lake', 'hello'));
  const told = testbed.told(a);
  assert.deepEqual(told[0], { type: 'taken', life: who.life, counter: 1 });
  assert.deepEqual(textsOf(told), ['hello']);
  assert.deepEqual(textsOf(testbed.told(b)), ['hello']);
  assert.deepEqual(testbed.told(c), []);
});

test('[CHAN-7] one frame and one member list serve all members until the membership changes', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  for (let nth = 0; nth < 5; nth += 1) enter(testbed, new FakeClient(`guest${nth}`), 'lake');
  const listOf = (text: string) => {
    const told = testbed.say(a, who.says('lake', text)).filter((effect) => effect.type === 'client_send');
    return told.find(({ frame }) => frame.type === 'heard')?.clients;
  };
  const list = listOf('one');
  assert.equal(list?.length, 6);
  assert.equal(listOf('two'), list);
  enter(testbed, bob(), 'lake');
  assert.equal(list?.length, 6);
  assert.equal(listOf('three')?.length, 7);
});

test('[CHAN-3] a message not signed by the key of the card, or not as in the entry, is not published', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  const key = bob().key;
  const forged = { ...who.says('lake', 'x'), payload: who.says('lake', 'y').payload };
  const tries = [
    { said: forged, code: 'SIGNATURE_INVALID' },
    { said: bob().says('lake', 'x'), code: 'SIGNATURE_INVALID' },
    { said: who.says('lake', 'x', { name: 'bob' }), code: 'MALFORMED' },
    { said: who.says('lake', 'x', { exchange: key }), code: 'MALFORMED' },
    { said: who.says('lake', 'x', { life: 'BAAAAAAAAAAAAAAAAAAAAA' }), code: 'MALFORMED' },
    { said: who.sendsDirect(key, 'AAAA'), code: 'MALFORMED' },
    { said: { ...who.says('lake', 'x'), payload: 'no JSON' }, code: 'MALFORMED' },
    { said: who.says('lake', 'x', { at: START + LIMITS.relaySkewMs + 60_000 }), code: 'CLOCK_WRONG' },
    { said: who.says('lake', 'x', { at: START - LIMITS.relaySkewMs - 1 }), code: 'CLOCK_WRONG' },
    { said: who.says('lake', 'é'.repeat(LIMITS.messageTextBytes / 2) + 'x'), code: 'TEXT_TOO_LONG' },
    { said: who.says('lake', 'x'.repeat(LIMITS.messageTextBytes + 1)), code: 'TEXT_TOO_LONG' },
  ];
  for (const { said, code } of tries) {
    testbed.say(a, said);
    assert.deepEqual(
      testbed.told(a).map((frame) => frame.type === 'error' && frame.code),
      [code],
    );
    testbed.pass(1_000);
  }
  testbed.say(a, who.says('lake', 'x'.repeat(LIMITS.messageTextBytes), { at: testbed.now }));
  testbed.pass(LIMITS.relayReorderMs);
  assert.equal(textsOf(testbed.told(a)).length, 1);
});

test('[CHAN-4] a message for a channel that the client has not joined, or has left, is refused', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  testbed.say(a, who.says('hill', 'x', { counter: 7 }));
  assert.deepEqual(testbed.told(a), [{ type: 'error', code: 'CHANNEL_NOT_IN', about: 'hill', counter: 7 }]);
  testbed.frame(a, { type: 'part', channel: 'lake' });
  assert.deepEqual(testbed.told(a), [{ type: 'parted', channel: 'lake' }]);
  testbed.say(a, who.says('lake', 'x'));
  testbed.frame(a, { type: 'part', channel: 'lake' });
  assert.deepEqual(codesOf(testbed.told(a)), ['CHANNEL_NOT_IN', 'CHANNEL_NOT_IN']);
});

test('[CHAN-5] a burst of 20, then 5 messages a second; faster messages are refused', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  for (let times = 0; times < 25; times += 1) testbed.say(a, who.says('lake', `${times}`));
  const told = testbed.told(a);
  assert.equal(textsOf(told).length, LIMITS.channelMessagesBurst);
  assert.deepEqual(new Set(codesOf(told)), new Set(['CHANNEL_TOO_FAST']));
  testbed.pass(1_000);
  for (let times = 0; times < 10; times += 1) testbed.say(a, who.says('lake', `${times}`));
  testbed.pass(LIMITS.relayReorderMs);
  assert.equal(textsOf(testbed.told(a)).length, 5);
});

test('[CHAN-5] other frames and refused messages share a second rate; exceeding it ends the connection', () => {
  for (const frame of [
    { type: 'join', channel: 'lake' },
    { type: 'say', kind: 'channel', said: bob().says('lake', 'x') },
  ]) {
    const testbed = new RelayTestbed();
    const [, a] = enter(testbed, alice());
    for (let times = 0; times < LIMITS.channelClientFramesBurst; times += 1) testbed.frame(a, frame);
    assert.ok(!testbed.isClosed(a));
    testbed.frame(a, frame);
    assert.ok(testbed.isClosed(a));
  }
});

test('[CHAN-6] a repeated message is answered with taken and published once, also on a new connection', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  const said = [who.says('lake', 'one'), who.says('lake', 'two')];
  for (const each of said) testbed.say(a, each);
  const [, again] = enter(testbed, who, 'lake');
  testbed.told(a);
  for (const each of said) testbed.say(again, each);
  const taken = [1, 2].map((counter) => ({ type: 'taken', life: who.life, counter }));
  assert.deepEqual(testbed.told(again), taken);
  assert.deepEqual(testbed.told(a), []);
  assert.equal(testbed.relay.counts.said, 2);
});

test('[CHAN-6] a lower counter that was skipped is refused', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  const [, skipped] = [testbed.say(a, who.says('lake', 'one')), who.says('lake', 'two')];
  testbed.say(a, who.says('lake', 'three'));
  testbed.pass(LIMITS.relayReorderMs);
  testbed.told(a);
  testbed.say(a, skipped);
  assert.deepEqual(
    testbed.told(a).map(({ type }) => type),
    ['error'],
  );
});

test('[CHAN-8] a message whose predecessor is missing waits half a second and is delivered in order', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((text) => who.says('lake', text));
  const say = (said = one) => said && testbed.say(a, said);
  say(two);
  say(three);
  assert.deepEqual(textsOf(testbed.told(a)), []);
  testbed.pass(LIMITS.relayReorderMs - 1);
  say(one);
  assert.deepEqual(textsOf(testbed.told(a)), ['one', 'two', 'three']);
  say(four);
  assert.deepEqual(textsOf(testbed.told(a)), ['four']);
});

test('[CHAN-8] after half a second the message is delivered, and its late predecessor is dropped', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice(), 'lake');
  const [one, two, three] = ['one', 'two', 'three'].map((text) => who.says('lake', text));
  for (const said of [one, three]) if (said) testbed.say(a, said);
  testbed.pass(LIMITS.relayReorderMs);
  if (two) testbed.say(a, two);
  assert.deepEqual(textsOf(testbed.told(a)), ['one', 'three']);
});

test('[CHAN-10] a direct message reaches all connections of its key and no others', () => {
  const testbed = new RelayTestbed();
  const [who, a] = enter(testbed, alice());
  const [, b1] = enter(testbed, bob());
  const [, b2] = enter(testbed, bob());
  testbed.direct(a, who.sendsDirect(bob().key, 'AAAA'));
  assert.deepEqual(testbed.told(a), [{ type: 'taken', life: who.life, counter: 1 }]);
  for (const each of [b1, b2]) assert.deepEqual(textsOf(testbed.told(each)), ['AAAA']);
  testbed.give({ type: 'client_closed', client: b1 });
  testbed.direct(a, who.sendsDirect(bob().key, 'BBBB'));
  assert.deepEqual([testbed.told(b1), textsOf(testbed.told(b2))], [[], ['BBBB']]);
});

function enter(testbed: RelayTestbed, who: FakeClient, ...channels: string[]): [FakeClient, number] {
  return [who, testbed.enter(who, ...channels)];
}
