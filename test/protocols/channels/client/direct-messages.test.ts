// Direct messages of a client: sealing, confirmation and repetition.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { DirectContent } from '../../../../protocols/channels/signed-objects.js';
import { freshKey, freshSessionId, ClientTestbed, inLab, joined, FakeSender } from './client-testbed.js';

const sendDirect = (testbed: ClientTestbed, to: FakeSender, text = 'psst'): number =>
  testbed.request({ type: 'send_direct', to: to.card.key, text });

const textTo = (
  testbed: ClientTestbed,
  from: FakeSender,
  text = 'psst',
  id = freshSessionId(),
): DirectContent & { kind: 'text' } => ({
  kind: 'text',
  from: from.card.key,
  to: testbed.card.key,
  id,
  text,
});

/** The server accepts all messages sent so far. */
function takeAll(testbed: ClientTestbed): void {
  for (const { counter } of testbed.saidBy()) testbed.receive({ type: 'taken', life: testbed.life, counter });
}

test('[VISIT-3] a direct message is sealed for the exchange key of the card and repeats both keys inside', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  sendDirect(testbed, bob);
  const [direct] = testbed.saidBy();
  assert.ok(direct);
  assert.equal(direct.to, bob.card.key);
  assert.ok(Buffer.from(direct.sealed, 'base64url').toString().startsWith(bob.exchange));
  const inside = testbed.contentOf(direct);
  assert.deepEqual(
    { ...inside, id: '' },
    { kind: 'text', from: testbed.card.key, to: bob.card.key, id: '', text: 'psst' },
  );
});

test('[VISIT-3] a later message carries the exchange key too, and the last one counts', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  const later = freshKey();
  testbed.receiveMessages(bob.says('hi', { exchange: later }));
  sendDirect(testbed, bob);
  assert.ok(
    Buffer.from(testbed.saidBy()[0]?.sealed ?? '', 'base64url')
      .toString()
      .startsWith(later),
  );
});

test('[VISIT-3] a direct message whose inner keys match is shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveDirect(bob.sendsDirect(testbed.card, textTo(testbed, bob)));
  const [shown] = testbed.eventsOf('direct_message');
  assert.equal(shown?.text, 'psst');
  assert.deepEqual(shown.from, bob.card);
});

test("[VISIT-3] a sealed message of another participant cannot be passed on as one's own", () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab();
  testbed.receiveDirect(eve.sendsDirect(testbed.card, textTo(testbed, bob)));
  testbed.receiveDirect(eve.sendsDirect(testbed.card, { ...textTo(testbed, eve), to: eve.card.key }));
  testbed.receiveDirect(bob.sendsDirect(eve.card, textTo(testbed, bob)));
  testbed.receiveDirect(bob.sendsDirect({ ...testbed.card, exchange: eve.exchange }, textTo(testbed, bob)));
  assert.deepEqual(testbed.eventsOf('direct_message'), []);
  assert.deepEqual(testbed.sentOf('say'), [], 'nor is it confirmed');
  assert.equal(testbed.eventsOf('forgery').length, 1);
});

test('[VISIT-1] a direct message that does not open is dropped without a report', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab();
  testbed.receiveDirect(eve.sendsDirect(testbed.card, textTo(testbed, bob)));
  testbed.receiveDirect(bob.sendsDirect({ ...testbed.card, exchange: eve.exchange }, textTo(testbed, bob)));
  assert.deepEqual([testbed.eventsOf('direct_message'), testbed.eventsOf('forgery')], [[], []]);
});

test('[VISIT-4] the recipient confirms to the sender only', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  const text = textTo(testbed, bob);
  testbed.receiveDirect(bob.sendsDirect(testbed.card, text));
  const [answer] = testbed.saidBy();
  assert.ok(answer);
  assert.equal(answer.to, bob.card.key);
  assert.deepEqual(testbed.contentOf(answer), { kind: 'heard', from: testbed.card.key, to: bob.card.key, id: text.id });
});

test('[VISIT-4] the request is answered when the recipient has confirmed, not before', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab(bob.signedCard());
  const ref = sendDirect(testbed, bob);
  takeAll(testbed);
  const { id } = testbed.contentOf(testbed.saidBy()[0] ?? assert.fail());
  const heard = (by: FakeSender): DirectContent => ({ kind: 'heard', from: by.card.key, to: testbed.card.key, id });
  testbed.receiveDirect(eve.sendsDirect(testbed.card, heard(eve)));
  assert.equal(testbed.answers.get(ref), undefined);
  testbed.receiveDirect(bob.sendsDirect(testbed.card, heard(bob)));
  const answer = testbed.answers.get(ref);
  assert.ok(answer?.ok && answer.type === 'direct_delivered');
  assert.equal(answer.id, id);
  testbed.pass(LIMITS.directMessageGiveUpMs);
  assert.equal(testbed.sentOf('say').length, 1);
});

test('[VISIT-4] without it the message is sent again after 1, 2 and 4 s with a new counter, then given up', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  const ref = sendDirect(testbed, bob);
  const sent = [0, 1_000, 2_000, 4_000].map((waitMs) => {
    testbed.pass(waitMs);
    takeAll(testbed);
    return testbed.saidBy().length;
  });
  assert.deepEqual(sent, [1, 2, 3, 4]);
  const said = testbed.saidBy();
  assert.deepEqual(
    said.map(({ counter }) => counter),
    [1, 2, 3, 4],
  );
  assert.equal(new Set(said.map((direct) => testbed.contentOf(direct).id)).size, 1);
  assert.equal(testbed.answers.get(ref), undefined);
  testbed.pass(LIMITS.directMessageGiveUpMs - 7_000);
  assert.equal(testbed.refusalOf(ref), 'WHISPER_UNCONFIRMED');
  testbed.pass(60_000);
  assert.equal(testbed.saidBy().length, 4);
});

test('[VISIT-4] a repeated direct message is confirmed again and shown once', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  const text = textTo(testbed, bob);
  testbed.receiveDirect(
    bob.sendsDirect(testbed.card, text),
    bob.sendsDirect(testbed.card, text),
    bob.sendsDirect(testbed.card, text),
  );
  assert.equal(testbed.eventsOf('direct_message').length, 1);
  assert.equal(testbed.sentOf('say').length, 3);
});

test('[VISIT-9] many direct messages of others do not use up our own message rate', () => {
  const testbed = inLab();
  for (let k = 0; k < 200; k += 1) {
    const eve = new FakeSender('eve');
    testbed.receiveDirect(eve.sendsDirect(testbed.card, textTo(testbed, eve)));
  }
  assert.equal(testbed.eventsOf('direct_message').length, 200);
  assert.equal(testbed.sentOf('say').length, LIMITS.directMessageAnswersBurst);
  takeAll(testbed);
  testbed.sent = [];
  testbed.request({ type: 'send', channel: 'lab', text: 'hi' });
  assert.equal(testbed.saidBy()[0]?.text, 'hi');
});

test('[VISIT-4] after an interruption the direct message is sent again unchanged', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  const ref = sendDirect(testbed, bob);
  const [first] = testbed.sentOf('say');
  testbed.lose();
  testbed.sent = [];
  testbed.comeBack();
  testbed.receive(joined('lab'));
  assert.deepEqual(testbed.sentOf('say'), [first]);
  assert.equal(testbed.answers.get(ref), undefined);
});

test('[VISIT-6] a direct message that never left is refused after half a minute', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  testbed.lose();
  const ref = sendDirect(testbed, bob);
  testbed.pass(LIMITS.channelClientWaitMs);
  assert.equal(testbed.refusalOf(ref), 'CHANNEL_AWAY');
});

test('a direct message to ourselves, to an unknown key or to an invalid exchange key is refused', () => {
  const bob = new FakeSender('bob', 'A'.repeat(43));
  const testbed = inLab(bob.signedCard());
  testbed.receive({ type: 'came', channel: 'lab', card: { payload: '{}', signature: 'A'.repeat(86) } });
  assert.equal(testbed.refusalOf(sendDirect(testbed, new FakeSender('carol'))), 'VISITOR_UNKNOWN');
  testbed.isPrompt = false;
  const ref = sendDirect(testbed, bob);
  testbed.input({ type: 'sealed', ref: testbed.held[0]?.ref ?? 0, body: null });
  assert.equal(testbed.refusalOf(ref), 'WHISPER_UNCONFIRMED');
});

test('messages of a blocked key are neither shown nor confirmed', () => {
  const bob = new FakeSender('bob');
  const testbed = new ClientTestbed({ mayHear: (key) => key !== bob.card.key });
  testbed.enter();
  testbed.joins('lab');
  testbed.receiveMessages(bob.says('hi'));
  testbed.receiveDirect(bob.sendsDirect(testbed.card, textTo(testbed, bob)));
  assert.deepEqual([testbed.shown, testbed.eventsOf('direct_message'), testbed.sentOf('say')], [[], [], []]);
});

test('a text of 16 KiB in which each letter is escaped fits into a direct message', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveDirect(bob.sendsDirect(testbed.card, textTo(testbed, bob, '"'.repeat(16_384))));
  assert.equal(testbed.eventsOf('direct_message')[0]?.text.length, 16_384);
});
