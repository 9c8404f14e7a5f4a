// Talk on one server: what is said, who hears it, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { codesOf, FakeClient, RelayTestbed, START, textsOf } from './relay-testbed.js';

const alice = () => new FakeClient('alice');
const bob = () => new FakeClient('bob');

test('[CHAN-7] what is taken is heard by everybody in the channel, the sender too, once', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  const [, b] = enter(stage, bob(), 'lake');
  const [, c] = enter(stage, new FakeClient('carol'), 'hill');
  stage.told(a);
  stage.say(a, who.says('lake', 'hello'));
  const told = stage.told(a);
  assert.deepEqual(told[0], { type: 'taken', life: who.life, counter: 1 });
  assert.deepEqual(textsOf(told), ['hello']);
  assert.deepEqual(textsOf(stage.told(b)), ['hello']);
  assert.deepEqual(stage.told(c), []);
});

test('[CHAN-7] one frame and one array of members serve everybody, until somebody comes or goes', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  for (let nth = 0; nth < 5; nth += 1) enter(stage, new FakeClient(`guest${nth}`), 'lake');
  const listOf = (text: string) => {
    const told = stage.say(a, who.says('lake', text)).filter((effect) => effect.kind === 'tell');
    return told.find(({ frame }) => frame.type === 'heard')?.visitors;
  };
  const list = listOf('one');
  assert.equal(list?.length, 6);
  assert.equal(listOf('two'), list);
  enter(stage, bob(), 'lake');
  assert.equal(list?.length, 6);
  assert.equal(listOf('three')?.length, 7);
});

test('[CHAN-3] what is not signed by the key of the card, or not as in the entry, goes nowhere', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  const key = bob().key;
  const forged = { ...who.says('lake', 'x'), payload: who.says('lake', 'y').payload };
  const tries = [
    { said: forged, code: 'SIGNATURE_INVALID' },
    { said: bob().says('lake', 'x'), code: 'SIGNATURE_INVALID' },
    { said: who.says('lake', 'x', { name: 'bob' }), code: 'MALFORMED' },
    { said: who.says('lake', 'x', { exchange: key }), code: 'MALFORMED' },
    { said: who.says('lake', 'x', { life: 'BAAAAAAAAAAAAAAAAAAAAA' }), code: 'MALFORMED' },
    { said: who.whispers(key, 'AAAA'), code: 'MALFORMED' },
    { said: { ...who.says('lake', 'x'), payload: 'no JSON' }, code: 'MALFORMED' },
    { said: who.says('lake', 'x', { at: START + LIMITS.relaySkewMs + 60_000 }), code: 'CLOCK_WRONG' },
    { said: who.says('lake', 'x', { at: START - LIMITS.relaySkewMs - 1 }), code: 'CLOCK_WRONG' },
    { said: who.says('lake', 'é'.repeat(LIMITS.messageTextBytes / 2) + 'x'), code: 'TEXT_TOO_LONG' },
    { said: who.says('lake', 'x'.repeat(LIMITS.messageTextBytes + 1)), code: 'TEXT_TOO_LONG' },
  ];
  for (const { said, code } of tries) {
    stage.say(a, said);
    assert.deepEqual(
      stage.told(a).map((frame) => frame.type === 'error' && frame.code),
      [code],
    );
    stage.pass(1_000);
  }
  stage.say(a, who.says('lake', 'x'.repeat(LIMITS.messageTextBytes), { at: stage.now }));
  stage.pass(LIMITS.relayHoldMs);
  assert.equal(textsOf(stage.told(a)).length, 1);
});

test('[CHAN-4] said in a channel one is not in, or not any more', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  stage.say(a, who.says('hill', 'x', { counter: 7 }));
  assert.deepEqual(stage.told(a), [{ type: 'error', code: 'CHANNEL_NOT_IN', about: 'hill', counter: 7 }]);
  stage.frame(a, { type: 'part', channel: 'lake' });
  assert.deepEqual(stage.told(a), [{ type: 'parted', channel: 'lake' }]);
  stage.say(a, who.says('lake', 'x'));
  stage.frame(a, { type: 'part', channel: 'lake' });
  assert.deepEqual(codesOf(stage.told(a)), ['CHANNEL_NOT_IN', 'CHANNEL_NOT_IN']);
});

test('[CHAN-5] a burst of 20, then 5 a second; what is too fast is not said', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  for (let times = 0; times < 25; times += 1) stage.say(a, who.says('lake', `${times}`));
  const told = stage.told(a);
  assert.equal(textsOf(told).length, LIMITS.channelMessagesBurst);
  assert.deepEqual(new Set(codesOf(told)), new Set(['CHANNEL_TOO_FAST']));
  stage.pass(1_000);
  for (let times = 0; times < 10; times += 1) stage.say(a, who.says('lake', `${times}`));
  stage.pass(LIMITS.relayHoldMs);
  assert.equal(textsOf(stage.told(a)).length, 5);
});

test('[CHAN-5] other frames have a rate of their own, refused words too; who exceeds it is cut off', () => {
  for (const frame of [
    { type: 'join', channel: 'lake' },
    { type: 'say', kind: 'channel', said: bob().says('lake', 'x') },
  ]) {
    const stage = new RelayTestbed();
    const [, a] = enter(stage, alice());
    for (let times = 0; times < LIMITS.channelClientFramesBurst; times += 1) stage.frame(a, frame);
    assert.ok(!stage.isClosed(a));
    stage.frame(a, frame);
    assert.ok(stage.isClosed(a));
  }
});

test('[CHAN-6] what was taken is answered so again and said once, also over a new connection', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  const said = [who.says('lake', 'one'), who.says('lake', 'two')];
  for (const each of said) stage.say(a, each);
  const [, again] = enter(stage, who, 'lake');
  stage.told(a);
  for (const each of said) stage.say(again, each);
  const taken = [1, 2].map((counter) => ({ type: 'taken', life: who.life, counter }));
  assert.deepEqual(stage.told(again), taken);
  assert.deepEqual(stage.told(a), []);
  assert.equal(stage.relay.counts.said, 2);
});

test('[CHAN-6] a lower counter that was never taken is not called taken', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  const [, skipped] = [stage.say(a, who.says('lake', 'one')), who.says('lake', 'two')];
  stage.say(a, who.says('lake', 'three'));
  stage.pass(LIMITS.relayHoldMs);
  stage.told(a);
  stage.say(a, skipped);
  assert.deepEqual(
    stage.told(a).map(({ type }) => type),
    ['error'],
  );
});

test('[CHAN-8] what comes before its turn waits half a second for what is missing, and is heard in order', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((text) => who.says('lake', text));
  const say = (said = one) => said && stage.say(a, said);
  say(two);
  say(three);
  assert.deepEqual(textsOf(stage.told(a)), []);
  stage.pass(LIMITS.relayHoldMs - 1);
  say(one);
  assert.deepEqual(textsOf(stage.told(a)), ['one', 'two', 'three']);
  say(four);
  assert.deepEqual(textsOf(stage.told(a)), ['four']);
});

test('[CHAN-8] after half a second it goes on, and what is late is not heard at all', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice(), 'lake');
  const [one, two, three] = ['one', 'two', 'three'].map((text) => who.says('lake', text));
  for (const said of [one, three]) if (said) stage.say(a, said);
  stage.pass(LIMITS.relayHoldMs);
  if (two) stage.say(a, two);
  assert.deepEqual(textsOf(stage.told(a)), ['one', 'three']);
});

test('[CHAN-10] direct messages reach all connections of a key, and nobody else', () => {
  const stage = new RelayTestbed();
  const [who, a] = enter(stage, alice());
  const [, b1] = enter(stage, bob());
  const [, b2] = enter(stage, bob());
  stage.whisper(a, who.whispers(bob().key, 'AAAA'));
  assert.deepEqual(stage.told(a), [{ type: 'taken', life: who.life, counter: 1 }]);
  for (const each of [b1, b2]) assert.deepEqual(textsOf(stage.told(each)), ['AAAA']);
  stage.give({ kind: 'visitor_closed', visitor: b1 });
  stage.whisper(a, who.whispers(bob().key, 'BBBB'));
  assert.deepEqual([stage.told(b1), textsOf(stage.told(b2))], [[], ['BBBB']]);
});

function enter(stage: RelayTestbed, who: FakeClient, ...channels: string[]): [FakeClient, number] {
  return [who, stage.enter(who, ...channels)];
}
