// Whispers: to one key, by one key, confirmed by who heard it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { DirectContent } from '../../../../protocols/channels/signed-objects.js';
import { freshKey, freshSessionId, ClientTestbed, inLab, joined, FakeSender } from './client-testbed.js';

const whisper = (testbed: ClientTestbed, to: FakeSender, text = 'psst'): number =>
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

/** The server takes everything that has left since. */
function takeAll(testbed: ClientTestbed): void {
  for (const { counter } of testbed.saidBy()) testbed.receive({ type: 'taken', life: testbed.life, counter });
}

test('[VISIT-3] it is sealed to the exchange key of the card, and says inside whose it is and for whom', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  whisper(testbed, bob);
  const [direct] = testbed.saidBy();
  assert.ok(direct);
  assert.equal(direct.to, bob.card.key);
  assert.ok(Buffer.from(direct.sealed, 'base64url').toString().startsWith(bob.exchange));
  const inside = testbed.whisperIn(direct);
  assert.deepEqual(
    { ...inside, id: '' },
    { kind: 'text', from: testbed.card.key, to: bob.card.key, id: '', text: 'psst' },
  );
});

test('[VISIT-3] words said later carry the exchange key too, and the last one counts', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  const later = freshKey();
  testbed.receiveMessages(bob.says('hi', { exchange: later }));
  whisper(testbed, bob);
  assert.ok(
    Buffer.from(testbed.saidBy()[0]?.sealed ?? '', 'base64url')
      .toString()
      .startsWith(later),
  );
});

test('[VISIT-3] one that is for us and by who signed it is shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveDirect(bob.sendsDirect(testbed.card, textTo(testbed, bob)));
  const [shown] = testbed.eventsOf('direct_message');
  assert.equal(shown?.text, 'psst');
  assert.deepEqual(shown.from, bob.card);
});

test('[VISIT-3] what somebody else wrote, to us or to them, cannot be passed on as their own', () => {
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

test('[VISIT-1] a whisper that does not open is its sender’s doing, and no word about the server', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab();
  testbed.receiveDirect(eve.sendsDirect(testbed.card, textTo(testbed, bob)));
  testbed.receiveDirect(bob.sendsDirect({ ...testbed.card, exchange: eve.exchange }, textTo(testbed, bob)));
  assert.deepEqual([testbed.eventsOf('direct_message'), testbed.eventsOf('forgery')], [[], []]);
});

test('[VISIT-4] who heard it says so to who wrote it, and to nobody else', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  const text = textTo(testbed, bob);
  testbed.receiveDirect(bob.sendsDirect(testbed.card, text));
  const [answer] = testbed.saidBy();
  assert.ok(answer);
  assert.equal(answer.to, bob.card.key);
  assert.deepEqual(testbed.whisperIn(answer), { kind: 'heard', from: testbed.card.key, to: bob.card.key, id: text.id });
});

test('[VISIT-4] the request is answered once the other has heard it, not before', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const testbed = inLab(bob.signedCard());
  const ref = whisper(testbed, bob);
  takeAll(testbed);
  const { id } = testbed.whisperIn(testbed.saidBy()[0] ?? assert.fail());
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

test('[VISIT-4] without that it is sent again after 1, 2 and 4 s, the same with a new counter; then given up', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  const ref = whisper(testbed, bob);
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
  assert.equal(new Set(said.map((direct) => testbed.whisperIn(direct).id)).size, 1);
  assert.equal(testbed.answers.get(ref), undefined);
  testbed.pass(LIMITS.directMessageGiveUpMs - 7_000);
  assert.equal(testbed.refusalOf(ref), 'WHISPER_UNCONFIRMED');
  testbed.pass(60_000);
  assert.equal(testbed.saidBy().length, 4);
});

test('[VISIT-4] one that comes again is confirmed again and shown once', () => {
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

test('[VISIT-9] strangers who whisper all the time do not use up what we may say', () => {
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

test('[VISIT-4] a break in between costs nothing: it is sent again as it was signed', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  const ref = whisper(testbed, bob);
  const [first] = testbed.sentOf('say');
  testbed.lose();
  testbed.sent = [];
  testbed.comeBack();
  testbed.receive(joined('lab'));
  assert.deepEqual(testbed.sentOf('say'), [first]);
  assert.equal(testbed.answers.get(ref), undefined);
});

test('[VISIT-6] one that never left is refused after half a minute', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab(bob.signedCard());
  testbed.lose();
  const ref = whisper(testbed, bob);
  testbed.pass(LIMITS.channelClientWaitMs);
  assert.equal(testbed.refusalOf(ref), 'CHANNEL_AWAY');
});

test('to ourselves, to nobody we know and to a key that is none there is nothing to whisper', () => {
  const bob = new FakeSender('bob', 'A'.repeat(43));
  const testbed = inLab(bob.signedCard());
  testbed.receive({ type: 'came', channel: 'lab', card: { payload: '{}', signature: 'A'.repeat(86) } });
  assert.equal(testbed.refusalOf(whisper(testbed, new FakeSender('carol'))), 'VISITOR_UNKNOWN');
  testbed.isPrompt = false;
  const ref = whisper(testbed, bob);
  testbed.input({ type: 'sealed', ref: testbed.held[0]?.ref ?? 0, body: null });
  assert.equal(testbed.refusalOf(ref), 'WHISPER_UNCONFIRMED');
});

test('of a key that may not be heard nothing is shown and nothing confirmed', () => {
  const bob = new FakeSender('bob');
  const testbed = new ClientTestbed({ mayHear: (key) => key !== bob.card.key });
  testbed.enter();
  testbed.joins('lab');
  testbed.receiveMessages(bob.says('hi'));
  testbed.receiveDirect(bob.sendsDirect(testbed.card, textTo(testbed, bob)));
  assert.deepEqual([testbed.shown, testbed.eventsOf('direct_message'), testbed.sentOf('say')], [[], [], []]);
});

test('a text of 16 KiB of which each letter is escaped fits a whisper', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.receiveDirect(bob.sendsDirect(testbed.card, textTo(testbed, bob, '"'.repeat(16_384))));
  assert.equal(testbed.eventsOf('direct_message')[0]?.text.length, 16_384);
});
