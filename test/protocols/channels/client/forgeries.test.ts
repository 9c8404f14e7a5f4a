// A client on a malicious server: forgeries, replays and messages of other channels or times are not shown.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { ReplayGuard } from '../../../../protocols/channels/client/received/replay-guard.js';
import { primitives } from '../../../../runtime/crypto.js';
import {
  freshKey,
  freshSessionId,
  ClientTestbed,
  inLab,
  joined,
  SKEW_MS,
  FakeSender,
  START,
} from './client-testbed.js';

const altered = (signed: Signed, from: string, to: string): Signed => ({
  ...signed,
  payload: signed.payload.replace(from, to),
});

test('a valid message is shown with its sender', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveMessages(bob.says('hello'));
  const [said] = testbed.eventsOf('message');
  assert.deepEqual(said?.from, bob.card);
  assert.equal(said.text, 'hello');
  assert.equal(said.channel, 'lab');
  assert.equal(said.isMine, false);
  assert.deepEqual(testbed.eventsOf('forgery'), []);
});

test('[VISIT-1] an altered message is not shown, and reported once for each connection', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveMessages(altered(bob.says('yes'), 'yes', 'no'), altered(bob.says('pay bob'), 'bob', 'eve'));
  assert.deepEqual(testbed.shown, []);
  assert.equal(testbed.eventsOf('forgery').length, 1);
  testbed.lose();
  testbed.comeBack();
  testbed.receive(joined('lab'));
  testbed.receiveMessages(altered(bob.says('yes', { at: testbed.now }), 'yes', 'no'));
  assert.equal(testbed.eventsOf('forgery').length, 2);
});

test('[VISIT-1] a message that names another key, or is signed as another type, is not shown', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab();
  testbed.receiveMessages(eve.says('I am bob', { key: bob.card.key }));
  const message = JSON.parse(bob.says('hi').payload) as object;
  testbed.receiveMessages(signObject('direct', message, bob.key, primitives));
  testbed.receiveMessages(signObject('group_message', message, bob.key, primitives));
  assert.deepEqual(testbed.shown, []);
});

test('[VISIT-1] a message of a channel that we have not joined, or have left, is not shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveMessages(bob.says('elsewhere', { channel: 'other' }));
  assert.deepEqual(testbed.shown, []);
  testbed.request({ type: 'part', channel: 'lab' });
  testbed.receiveMessages(bob.says('too late'));
  assert.deepEqual(testbed.shown, []);
  assert.deepEqual(testbed.eventsOf('forgery'), [], 'it may have crossed our parting');
});

test('[VISIT-1] a message of a channel that we leave during its verification is not shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  testbed.receiveMessages(bob.says('hi'));
  testbed.request({ type: 'part', channel: 'lab' });
  testbed.release(testbed.held[0]);
  assert.deepEqual(testbed.shown, []);
});

test('[VISIT-1] a message with a reserved name or a text over 16 KiB is not shown, even if it is signed', () => {
  const testbed = inLab();
  testbed.receiveMessages(
    new FakeSender('admin').says('give me your key'),
    new FakeSender('bob').says('ä'.repeat(10_000)),
  );
  assert.deepEqual(testbed.shown, []);
  testbed.receiveMessages(new FakeSender('bob').says('ä'.repeat(8_192)));
  assert.equal(testbed.shown.length, 1);
});

test('[VISIT-1] a card with another exchange key than its owner signed is ignored', () => {
  const bob = new FakeSender('bob');
  const swapped = altered(bob.signedCard(), bob.exchange, freshKey());
  const testbed = inLab(swapped, new FakeSender('carol').signedCard());
  assert.deepEqual(
    testbed.machine.channels()[0]?.here.map(({ name }) => name),
    ['carol'],
  );
  testbed.receive({ type: 'came', channel: 'lab', card: swapped });
  assert.equal(testbed.machine.channels()[0]?.here.length, 1);
  assert.equal(
    testbed.refusalOf(testbed.request({ type: 'send_direct', to: bob.card.key, text: 'hi' })),
    'VISITOR_UNKNOWN',
  );
});

test('[VISIT-2] a repeated or earlier message is not shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  const [one, two, three] = [bob.says('one'), bob.says('two'), bob.says('three')];
  testbed.receiveMessages(one, one, three, two, three);
  assert.deepEqual(testbed.shown, ['one', 'three']);
});

test('[VISIT-2] each client session has one count, shared by channel and direct messages', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveMessages(bob.says('one', { counter: 7 }), bob.says('two', { counter: 1, life: freshSessionId() }));
  assert.deepEqual(testbed.shown, ['one', 'two']);
  const text = { kind: 'text', from: bob.card.key, to: testbed.card.key, id: freshSessionId(), text: 'old' } as const;
  testbed.receiveDirect(bob.sendsDirect(testbed.card, text, { counter: 7 }));
  assert.deepEqual(testbed.eventsOf('direct_message'), []);
});

test('[VISIT-2] a forgery does not use up the counter of the message it imitates', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  const one = bob.says('one');
  testbed.receiveMessages(altered(one, '"counter":1', '"counter":900'), one);
  assert.deepEqual(testbed.shown, ['one']);
});

test('[VISIT-2] a message more than five minutes old or ahead is not shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveMessages(bob.says('old', { at: START - SKEW_MS - 1 }), bob.says('ahead', { at: START + SKEW_MS + 1 }));
  assert.deepEqual(testbed.shown, []);
  testbed.receiveMessages(bob.says('just', { at: START - SKEW_MS }), bob.says('as well', { at: START + SKEW_MS }));
  assert.deepEqual(testbed.shown, ['just', 'as well']);
});

test('[VISIT-2] forgetting old senders under a flood does not allow replays', () => {
  const senders = new ReplayGuard(100);
  const first = { key: 'bob', life: 'one', counter: 3, at: START };
  assert.ok(senders.accept(first, START));
  for (let k = 1; k <= 500; k += 1) {
    assert.ok(senders.accept({ key: 'eve', life: `${k}`, counter: 1, at: START + k + SKEW_MS }, START + k));
  }
  assert.equal(senders.isNew(first), false, 'a replay');
  assert.ok(senders.isNew({ ...first, counter: 4, at: START + 501 }), 'who goes on is heard, whatever the flood says');
  assert.ok(senders.isNew({ key: 'carol', life: 'two', counter: 1, at: START + 450 }), 'a newcomer too');
});

test('[G7] random frames from a server neither crash the client nor change its state', () => {
  const kinds = fc.constantFrom('challenge', 'welcome', 'joined', 'parted', 'came', 'left', 'heard', 'taken', 'error');
  const garbage = fc.oneof(fc.jsonValue(), fc.record({ type: kinds, channel: fc.string(), said: fc.jsonValue() }));
  fc.assert(
    fc.property(fc.array(garbage, { maxLength: 5 }), fc.boolean(), (frames, isIn) => {
      const testbed = isIn ? inLab() : new ClientTestbed();
      testbed.input({ type: 'connect' });
      testbed.receive(...frames, undefined);
      assert.equal(testbed.machine.connectionState, 'away');
      assert.ok(testbed.closed.includes(testbed.connection));
      assert.deepEqual(testbed.shown, []);
    }),
    { numRuns: 200 },
  );
});

test('[G7] well-formed frames about unknown channels and messages change nothing', () => {
  const testbed = inLab();
  const here = testbed.machine.channels();
  testbed.receive(
    { type: 'taken', life: testbed.life, counter: 5 },
    { type: 'taken', life: freshSessionId(), counter: 1 },
    { type: 'error', code: 'NO_SUCH_CODE', about: 'x' },
    { type: 'error', code: 'CHANNEL_TOO_FAST', about: '', counter: 77 },
    { type: 'left', channel: 'other', key: freshKey() },
    { type: 'parted', channel: 'other' },
    { type: 'counts', channel: 'other', count: 9, elsewhere: 9 },
    joined('other'),
    { type: 'heard', kind: 'channel', said: { payload: '{', signature: 'A'.repeat(86) } },
    { type: 'heard', kind: 'direct', said: { payload: '[]', signature: 'A'.repeat(86) } },
  );
  assert.equal(testbed.machine.connectionState, 'open');
  assert.deepEqual(testbed.machine.channels(), here);
});

test('[G7] more frames than can be verified end the connection: memory is bounded', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  const long = 'x'.repeat(16_000);
  for (let k = 0; k < 700 && testbed.machine.connectionState === 'open'; k += 1)
    testbed.receiveMessages(bob.says(long));
  assert.equal(testbed.machine.connectionState, 'away');
  const bytes = testbed.held.reduce((sum, one) => sum + (one.type === 'verify' ? one.signed.payload.length : 0), 0);
  assert.ok(bytes <= LIMITS.channelClientVerifyingBytes + 20_000);
});

test('[VISIT-2] a message with a wrong time is not shown, and reported once as a clock mismatch', () => {
  const [early, late] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab();
  testbed.receiveMessages(
    early.says('old', { at: START - SKEW_MS - 1 }),
    late.says('ahead', { at: START + SKEW_MS + 1 }),
  );
  assert.deepEqual([testbed.shown, testbed.eventsOf('forgery')], [[], []]);
  assert.deepEqual(testbed.eventsOf('clock_mismatch'), [{ type: 'clock_mismatch', aheadMs: -SKEW_MS - 1 }]);
});
