// The outgoing messages of a client: order, rate and outcome.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { openSigned } from '../../../../protocols/kit/signed.js';
import { channelMessageShape } from '../../../../protocols/channels/signed-objects.js';
import { primitives } from '../../../../runtime/crypto.js';
import { ClientTestbed, inLab, joined, START } from './client-testbed.js';

const say = (testbed: ClientTestbed, text: string, channel = 'lab'): number =>
  testbed.request({ type: 'send', channel, text });
const taken = (testbed: ClientTestbed, counter: number): void =>
  testbed.receive({ type: 'taken', life: testbed.life, counter });

test('[CHAN-3] a message is signed with its sender, channel, time, session and counter', () => {
  const testbed = inLab();
  const ref = say(testbed, 'hello');
  const [frame] = testbed.sentOf('say');
  assert.ok(frame);
  const { publicKey: key } = testbed.key;
  assert.deepEqual(openSigned('channel_message', frame.said, { key, shape: channelMessageShape, primitives }), {
    ...testbed.card,
    life: testbed.life,
    counter: 1,
    at: START,
    channel: 'lab',
    text: 'hello',
  });
  taken(testbed, 1);
  assert.deepEqual(testbed.answers.get(ref), { ok: true, type: 'sent', at: START, counter: 1 });
});

test('[VISIT-9] messages leave in the order of their counters, in whatever order they are signed', () => {
  const testbed = inLab();
  testbed.isPrompt = false;
  for (let k = 1; k <= 10; k += 1) say(testbed, `${k}`);
  for (const held of testbed.held.toReversed()) testbed.release(held);
  assert.deepEqual(
    testbed.saidBy().map(({ counter, text }) => [counter, text]),
    Array.from({ length: 10 }, (_, k) => [k + 1, `${k + 1}`]),
  );
});

test('[VISIT-9] after an interruption old messages leave before new ones, even if signing takes no time', () => {
  const testbed = inLab();
  say(testbed, 'old');
  testbed.lose();
  say(testbed, 'new');
  testbed.sent = [];
  testbed.comeBack();
  testbed.receive(joined('lab'));
  assert.deepEqual(
    testbed.saidBy().map(({ counter, text }) => [counter, text]),
    [
      [1, 'old'],
      [2, 'new'],
    ],
  );
});

test('[CHAN-3] empty texts and texts over 16 KiB are not sent', () => {
  const testbed = inLab();
  assert.equal(testbed.refusalOf(say(testbed, ' ')), 'TEXT_EMPTY');
  assert.equal(testbed.refusalOf(say(testbed, 'ä'.repeat(8_193))), 'TEXT_TOO_LONG');
  assert.deepEqual(testbed.sentOf('say'), []);
  say(testbed, 'ä'.repeat(8_192));
  assert.equal(testbed.sentOf('say').length, 1);
});

test('[CHAN-4] a message for a channel that we have not joined is refused', () => {
  const testbed = inLab();
  assert.equal(testbed.refusalOf(say(testbed, 'hi', 'den')), 'CHANNEL_NOT_IN');
  testbed.request({ type: 'part', channel: 'lab' });
  assert.equal(testbed.refusalOf(say(testbed, 'hi')), 'CHANNEL_NOT_IN');
});

test('[CHAN-4] a message waits until the channel is joined', () => {
  const testbed = new ClientTestbed();
  testbed.input({ type: 'connect' });
  testbed.request({ type: 'join', channel: 'lab' });
  say(testbed, 'hi');
  testbed.enter();
  assert.deepEqual(testbed.saidBy(), []);
  testbed.receive(joined('lab'));
  assert.equal(testbed.saidBy()[0]?.text, 'hi');
});

test('[VISIT-9] many messages leave within the rate that servers accept', () => {
  const testbed = inLab();
  let [sent, tokens, at]: [number, number, number] = [0, LIMITS.channelMessagesBurst, START];
  for (let k = 0; k < LIMITS.channelClientWaitingMax; k += 1) say(testbed, `${k}`);
  for (let ms = 0; ms < 20_000; ms += 50) {
    testbed.pass(50);
    tokens = Math.min(
      LIMITS.channelMessagesBurst,
      tokens + ((testbed.now - at) * LIMITS.channelMessagesPerSecond) / 1_000,
    );
    at = testbed.now;
    for (; sent < testbed.sentOf('say').length; sent += 1) {
      tokens -= 1;
      assert.ok(tokens >= 0, `the ${sent}th came too fast`);
      taken(testbed, sent + 1);
    }
  }
  assert.equal(sent, LIMITS.channelClientWaitingMax);
});

test('[CHAN-5] a message that the server refuses as too fast is refused; later ones are sent', () => {
  const testbed = inLab();
  const [one, two] = [say(testbed, 'one'), say(testbed, 'two')];
  testbed.receive({ type: 'error', code: 'CHANNEL_TOO_FAST', about: '1 s', counter: 1 });
  taken(testbed, 2);
  assert.equal(testbed.refusalOf(one), 'CHANNEL_TOO_FAST');
  assert.equal(testbed.answers.get(two)?.ok, true);
});

test('[G7] messages beyond the queue limit are refused at once', () => {
  const testbed = inLab();
  testbed.lose();
  const refs = Array.from({ length: LIMITS.channelClientWaitingMax + 1 }, (_, k) => say(testbed, `${k}`));
  assert.equal(testbed.refusalOf(refs.at(-1) ?? 0), 'CHANNEL_TOO_FAST');
  assert.equal(testbed.answers.size, 2, 'and the others wait on');
});

test('[CHAN-6] taken for another client session of our key does not confirm our messages', () => {
  const testbed = inLab();
  const ref = say(testbed, 'hi');
  testbed.receive({ type: 'taken', life: 'A'.repeat(22), counter: 1 });
  assert.equal(testbed.answers.get(ref), undefined);
});

test('[CHAN-7] our own message is shown once, as ours', () => {
  const testbed = inLab();
  say(testbed, 'hi');
  const [frame] = testbed.sentOf('say');
  assert.ok(frame);
  testbed.receiveMessages(frame.said, frame.said);
  assert.deepEqual(
    testbed.eventsOf('message').map(({ text, isMine, counter }) => [text, isMine, counter]),
    [['hi', true, 1]],
  );
});

test('an invalid channel name, and one channel too many, are refused', () => {
  const testbed = new ClientTestbed();
  testbed.enter();
  assert.equal(testbed.refusalOf(testbed.request({ type: 'join', channel: '#Lab' })), 'CHANNEL_INVALID');
  for (let k = 0; k < LIMITS.channelsPerClient; k += 1) testbed.joins(`room-${k}`);
  assert.equal(testbed.refusalOf(testbed.request({ type: 'join', channel: 'lab' })), 'CHANNELS_TOO_MANY');
});

test('when the server refuses a join, the join and the messages that waited for it are refused', () => {
  const testbed = new ClientTestbed();
  testbed.enter();
  const [join, hi] = [testbed.request({ type: 'join', channel: 'lab' }), say(testbed, 'hi')];
  testbed.receive({ type: 'error', code: 'CHANNELS_TOO_MANY', about: 'lab' });
  assert.equal(testbed.refusalOf(join), 'CHANNELS_TOO_MANY');
  assert.equal(testbed.refusalOf(hi), 'CHANNEL_NOT_IN');
  assert.deepEqual(testbed.machine.channels(), []);
});

test('when the server refuses a rejoin, the removal is reported', () => {
  const testbed = inLab();
  testbed.lose();
  testbed.comeBack();
  testbed.receive({ type: 'error', code: 'CHANNELS_TOO_MANY', about: 'lab' });
  assert.equal(testbed.eventsOf('removed')[0]?.channel, 'lab');
  assert.deepEqual(testbed.machine.channels(), []);
});

test('parting and joining again at once ends in one membership, with the second answer', () => {
  const testbed = new ClientTestbed();
  testbed.enter();
  testbed.request({ type: 'join', channel: 'lab' });
  const part = testbed.request({ type: 'part', channel: 'lab' });
  const again = testbed.request({ type: 'join', channel: 'lab' });
  assert.equal(testbed.answers.get(part)?.ok, true);
  testbed.receive(joined('lab', [], 1));
  assert.equal(testbed.answers.get(again), undefined, 'that was the first one');
  testbed.receive({ type: 'parted', channel: 'lab' }, joined('lab', [], 2));
  const answer = testbed.answers.get(again);
  assert.ok(answer?.ok && answer.type === 'joined' && answer.presence.elsewhere === 2);
  assert.ok(testbed.machine.isIn('lab'));
});

test('after the server has removed us we join again, and the gap is reported', () => {
  const testbed = inLab();
  testbed.sent = [];
  testbed.receive({ type: 'parted', channel: 'lab' });
  assert.equal(testbed.machine.isIn('lab'), false);
  assert.deepEqual(testbed.sentOf('join'), [{ type: 'join', channel: 'lab' }]);
  testbed.pass(1_000);
  testbed.receive(joined('lab'));
  assert.equal(testbed.eventsOf('missed')[0]?.awayMs, 1_000);
});

test('[VISIT-6] a sent message without taken is refused as unconfirmed, one that never left as away', () => {
  const testbed = inLab();
  const left = say(testbed, 'left');
  testbed.lose();
  const waiting = say(testbed, 'waiting');
  testbed.pass(LIMITS.channelClientWaitMs);
  assert.deepEqual([testbed.refusalOf(left), testbed.refusalOf(waiting)], ['CHANNEL_UNCONFIRMED', 'CHANNEL_AWAY']);
});

test('[VISIT-6] receiving our own message counts as taken', () => {
  const testbed = inLab();
  const ref = say(testbed, 'hello');
  const [frame] = testbed.sentOf('say');
  assert.ok(frame);
  testbed.receiveMessages(frame.said);
  assert.deepEqual(testbed.answers.get(ref), { ok: true, type: 'sent', at: START, counter: 1 });
  assert.deepEqual(testbed.shown, ['hello']);
  taken(testbed, 1); // comes as well, and changes nothing
});
