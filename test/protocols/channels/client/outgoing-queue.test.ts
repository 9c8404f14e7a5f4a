// What a visitor says: in which channels, in which order, how fast, and what becomes of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { openSigned } from '../../../../protocols/kit/signed.js';
import { channelMessageShape } from '../../../../protocols/channels/signed-objects.js';
import { primitives } from '../../../../runtime/crypto.js';
import { ClientTestbed, inLab, joined, START } from './client-testbed.js';

const say = (guest: ClientTestbed, text: string, channel = 'lab'): number => guest.wish({ kind: 'say', channel, text });
const taken = (guest: ClientTestbed, counter: number): void => guest.hear({ type: 'taken', life: guest.life, counter });

test('[CHAN-3] what is said is signed, with who says it, where, when, and its place', () => {
  const guest = inLab();
  const ref = say(guest, 'hello');
  const [frame] = guest.sentOf('say');
  assert.ok(frame);
  const { publicKey: key } = guest.key;
  assert.deepEqual(openSigned('channel_message', frame.said, { key, shape: channelMessageShape, primitives }), {
    ...guest.card,
    life: guest.life,
    counter: 1,
    at: START,
    channel: 'lab',
    text: 'hello',
  });
  taken(guest, 1);
  assert.deepEqual(guest.answers.get(ref), { ok: true, done: 'said', at: START, counter: 1 });
});

test('[VISIT-9] it leaves in the order of its counters, in whatever order the signatures come', () => {
  const guest = inLab();
  guest.isPrompt = false;
  for (let k = 1; k <= 10; k += 1) say(guest, `${k}`);
  for (const held of guest.held.toReversed()) guest.release(held);
  assert.deepEqual(
    guest.saidBy().map(({ counter, text }) => [counter, text]),
    Array.from({ length: 10 }, (_, k) => [k + 1, `${k + 1}`]),
  );
});

test('[VISIT-9] after a break the old leaves before the new, even where signing takes no time', () => {
  const guest = inLab();
  say(guest, 'old');
  guest.lose();
  say(guest, 'new');
  guest.sent = [];
  guest.comeBack();
  guest.hear(joined('lab'));
  assert.deepEqual(
    guest.saidBy().map(({ counter, text }) => [counter, text]),
    [
      [1, 'old'],
      [2, 'new'],
    ],
  );
});

test('[CHAN-3] nothing empty and nothing over 16 KiB leaves', () => {
  const guest = inLab();
  assert.equal(guest.refusalOf(say(guest, ' ')), 'TEXT_EMPTY');
  assert.equal(guest.refusalOf(say(guest, 'ä'.repeat(8_193))), 'TEXT_TOO_LONG');
  assert.deepEqual(guest.sentOf('say'), []);
  say(guest, 'ä'.repeat(8_192));
  assert.equal(guest.sentOf('say').length, 1);
});

test('[CHAN-4] in a channel we are not in nothing is said', () => {
  const guest = inLab();
  assert.equal(guest.refusalOf(say(guest, 'hi', 'den')), 'CHANNEL_NOT_IN');
  guest.wish({ kind: 'part', channel: 'lab' });
  assert.equal(guest.refusalOf(say(guest, 'hi')), 'CHANNEL_NOT_IN');
});

test('[CHAN-4] what waits for us to be in leaves once we are', () => {
  const guest = new ClientTestbed();
  guest.input({ kind: 'awake' });
  guest.wish({ kind: 'join', channel: 'lab' });
  say(guest, 'hi');
  guest.enter();
  assert.deepEqual(guest.saidBy(), []);
  guest.hear(joined('lab'));
  assert.equal(guest.saidBy()[0]?.text, 'hi');
});

test('[VISIT-9] many lines leave at a pace that no server finds too fast', () => {
  const guest = inLab();
  let [sent, tokens, at]: [number, number, number] = [0, LIMITS.channelMessagesBurst, START];
  for (let k = 0; k < LIMITS.channelClientWaitingMax; k += 1) say(guest, `${k}`);
  for (let ms = 0; ms < 20_000; ms += 50) {
    guest.pass(50);
    tokens = Math.min(
      LIMITS.channelMessagesBurst,
      tokens + ((guest.now - at) * LIMITS.channelMessagesPerSecond) / 1_000,
    );
    at = guest.now;
    for (; sent < guest.sentOf('say').length; sent += 1) {
      tokens -= 1;
      assert.ok(tokens >= 0, `the ${sent}th came too fast`);
      taken(guest, sent + 1);
    }
  }
  assert.equal(sent, LIMITS.channelClientWaitingMax);
});

test('[CHAN-5] what the server finds too fast is refused, and what is said after it goes on', () => {
  const guest = inLab();
  const [one, two] = [say(guest, 'one'), say(guest, 'two')];
  guest.hear({ type: 'error', code: 'CHANNEL_TOO_FAST', about: '1 s', counter: 1 });
  taken(guest, 2);
  assert.equal(guest.refusalOf(one), 'CHANNEL_TOO_FAST');
  assert.equal(guest.answers.get(two)?.ok, true);
});

test('[G7] more than may wait is refused at once', () => {
  const guest = inLab();
  guest.lose();
  const refs = Array.from({ length: LIMITS.channelClientWaitingMax + 1 }, (_, k) => say(guest, `${k}`));
  assert.equal(guest.refusalOf(refs.at(-1) ?? 0), 'CHANNEL_TOO_FAST');
  assert.equal(guest.answers.size, 2, 'and the others wait on');
});

test('[CHAN-6] what another life of ours said is not what we said', () => {
  const guest = inLab();
  const ref = say(guest, 'hi');
  guest.hear({ type: 'taken', life: 'A'.repeat(22), counter: 1 });
  assert.equal(guest.answers.get(ref), undefined);
});

test('[CHAN-7] our own words are shown once, as ours', () => {
  const guest = inLab();
  say(guest, 'hi');
  const [frame] = guest.sentOf('say');
  assert.ok(frame);
  guest.hearSaid(frame.said, frame.said);
  assert.deepEqual(
    guest.newsOf('said').map(({ text, isMine, counter }) => [text, isMine, counter]),
    [['hi', true, 1]],
  );
});

test('a channel that cannot be one, and one too many, are refused', () => {
  const guest = new ClientTestbed();
  guest.enter();
  assert.equal(guest.refusalOf(guest.wish({ kind: 'join', channel: '#Lab' })), 'CHANNEL_INVALID');
  for (let k = 0; k < LIMITS.channelsPerClient; k += 1) guest.joins(`room-${k}`);
  assert.equal(guest.refusalOf(guest.wish({ kind: 'join', channel: 'lab' })), 'CHANNELS_TOO_MANY');
});

test('a join that the server refuses is refused, and what waited for it too', () => {
  const guest = new ClientTestbed();
  guest.enter();
  const [join, hi] = [guest.wish({ kind: 'join', channel: 'lab' }), say(guest, 'hi')];
  guest.hear({ type: 'error', code: 'CHANNELS_TOO_MANY', about: 'lab' });
  assert.equal(guest.refusalOf(join), 'CHANNELS_TOO_MANY');
  assert.equal(guest.refusalOf(hi), 'CHANNEL_NOT_IN');
  assert.deepEqual(guest.machine.channels(), []);
});

test('a channel we are not let into again is lost, and that is told', () => {
  const guest = inLab();
  guest.lose();
  guest.comeBack();
  guest.hear({ type: 'error', code: 'CHANNELS_TOO_MANY', about: 'lab' });
  assert.equal(guest.newsOf('lost')[0]?.channel, 'lab');
  assert.deepEqual(guest.machine.channels(), []);
});

test('who parts and joins again at once is in once, with the second answer', () => {
  const guest = new ClientTestbed();
  guest.enter();
  guest.wish({ kind: 'join', channel: 'lab' });
  const part = guest.wish({ kind: 'part', channel: 'lab' });
  const again = guest.wish({ kind: 'join', channel: 'lab' });
  assert.equal(guest.answers.get(part)?.ok, true);
  guest.hear(joined('lab', [], 1));
  assert.equal(guest.answers.get(again), undefined, 'that was the first one');
  guest.hear({ type: 'parted', channel: 'lab' }, joined('lab', [], 2));
  const answer = guest.answers.get(again);
  assert.ok(answer?.ok && answer.done === 'joined' && answer.presence.elsewhere === 2);
  assert.ok(guest.machine.isIn('lab'));
});

test('a server that puts us out is asked to let us in again, and the time is told as missed', () => {
  const guest = inLab();
  guest.sent = [];
  guest.hear({ type: 'parted', channel: 'lab' });
  assert.equal(guest.machine.isIn('lab'), false);
  assert.deepEqual(guest.sentOf('join'), [{ type: 'join', channel: 'lab' }]);
  guest.pass(1_000);
  guest.hear(joined('lab'));
  assert.equal(guest.newsOf('missed')[0]?.awayMs, 1_000);
});

test('[VISIT-6] what had left and was not taken may have been heard, and says so; what never left does not', () => {
  const guest = inLab();
  const left = say(guest, 'left');
  guest.lose();
  const waiting = say(guest, 'waiting');
  guest.pass(LIMITS.channelClientWaitMs);
  assert.deepEqual([guest.refusalOf(left), guest.refusalOf(waiting)], ['CHANNEL_UNCONFIRMED', 'CHANNEL_AWAY']);
});

test('[VISIT-6] our own words, heard, are as good as taken', () => {
  const guest = inLab();
  const ref = say(guest, 'hello');
  const [frame] = guest.sentOf('say');
  assert.ok(frame);
  guest.hearSaid(frame.said);
  assert.deepEqual(guest.answers.get(ref), { ok: true, done: 'said', at: START, counter: 1 });
  assert.deepEqual(guest.shown, ['hello']);
  taken(guest, 1); // comes as well, and changes nothing
});
