// Whispers: to one key, by one key, confirmed by who heard it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { DirectContent } from '../../../../protocols/channels/signed-objects.js';
import { freshKey, freshSessionId, ClientTestbed, inLab, joined, FakeSender } from './client-testbed.js';

const whisper = (guest: ClientTestbed, to: FakeSender, text = 'psst'): number =>
  guest.wish({ kind: 'whisper', to: to.card.key, text });

const textTo = (
  guest: ClientTestbed,
  from: FakeSender,
  text = 'psst',
  id = freshSessionId(),
): DirectContent & { kind: 'text' } => ({
  kind: 'text',
  from: from.card.key,
  to: guest.card.key,
  id,
  text,
});

/** The server takes everything that has left since. */
function takeAll(guest: ClientTestbed): void {
  for (const { counter } of guest.saidBy()) guest.hear({ type: 'taken', life: guest.life, counter });
}

test('[VISIT-3] it is sealed to the exchange key of the card, and says inside whose it is and for whom', () => {
  const bob = new FakeSender('bob');
  const guest = inLab(bob.signedCard());
  whisper(guest, bob);
  const [direct] = guest.saidBy();
  assert.ok(direct);
  assert.equal(direct.to, bob.card.key);
  assert.ok(Buffer.from(direct.sealed, 'base64url').toString().startsWith(bob.exchange));
  const inside = guest.whisperIn(direct);
  assert.deepEqual(
    { ...inside, id: '' },
    { kind: 'text', from: guest.card.key, to: bob.card.key, id: '', text: 'psst' },
  );
});

test('[VISIT-3] words said later carry the exchange key too, and the last one counts', () => {
  const bob = new FakeSender('bob');
  const guest = inLab(bob.signedCard());
  const later = freshKey();
  guest.hearSaid(bob.says('hi', { exchange: later }));
  whisper(guest, bob);
  assert.ok(
    Buffer.from(guest.saidBy()[0]?.sealed ?? '', 'base64url')
      .toString()
      .startsWith(later),
  );
});

test('[VISIT-3] one that is for us and by who signed it is shown', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearDirect(bob.whispers(guest.card, textTo(guest, bob)));
  const [shown] = guest.newsOf('whispered');
  assert.equal(shown?.text, 'psst');
  assert.deepEqual(shown.from, bob.card);
});

test('[VISIT-3] what somebody else wrote, to us or to them, cannot be passed on as their own', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const guest = inLab();
  guest.hearDirect(eve.whispers(guest.card, textTo(guest, bob)));
  guest.hearDirect(eve.whispers(guest.card, { ...textTo(guest, eve), to: eve.card.key }));
  guest.hearDirect(bob.whispers(eve.card, textTo(guest, bob)));
  guest.hearDirect(bob.whispers({ ...guest.card, exchange: eve.exchange }, textTo(guest, bob)));
  assert.deepEqual(guest.newsOf('whispered'), []);
  assert.deepEqual(guest.sentOf('say'), [], 'nor is it confirmed');
  assert.equal(guest.newsOf('forgery').length, 1);
});

test('[VISIT-1] a whisper that does not open is its sender’s doing, and no word about the server', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const guest = inLab();
  guest.hearDirect(eve.whispers(guest.card, textTo(guest, bob)));
  guest.hearDirect(bob.whispers({ ...guest.card, exchange: eve.exchange }, textTo(guest, bob)));
  assert.deepEqual([guest.newsOf('whispered'), guest.newsOf('forgery')], [[], []]);
});

test('[VISIT-4] who heard it says so to who wrote it, and to nobody else', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  const text = textTo(guest, bob);
  guest.hearDirect(bob.whispers(guest.card, text));
  const [answer] = guest.saidBy();
  assert.ok(answer);
  assert.equal(answer.to, bob.card.key);
  assert.deepEqual(guest.whisperIn(answer), { kind: 'heard', from: guest.card.key, to: bob.card.key, id: text.id });
});

test('[VISIT-4] the wish is answered once the other has heard it, not before', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const guest = inLab(bob.signedCard());
  const ref = whisper(guest, bob);
  takeAll(guest);
  const { id } = guest.whisperIn(guest.saidBy()[0] ?? assert.fail());
  const heard = (by: FakeSender): DirectContent => ({ kind: 'heard', from: by.card.key, to: guest.card.key, id });
  guest.hearDirect(eve.whispers(guest.card, heard(eve)));
  assert.equal(guest.answers.get(ref), undefined);
  guest.hearDirect(bob.whispers(guest.card, heard(bob)));
  const answer = guest.answers.get(ref);
  assert.ok(answer?.ok && answer.done === 'whispered');
  assert.equal(answer.id, id);
  guest.pass(LIMITS.directMessageGiveUpMs);
  assert.equal(guest.sentOf('say').length, 1);
});

test('[VISIT-4] without that it is sent again after 1, 2 and 4 s, the same with a new counter; then given up', () => {
  const bob = new FakeSender('bob');
  const guest = inLab(bob.signedCard());
  const ref = whisper(guest, bob);
  const sent = [0, 1_000, 2_000, 4_000].map((waitMs) => {
    guest.pass(waitMs);
    takeAll(guest);
    return guest.saidBy().length;
  });
  assert.deepEqual(sent, [1, 2, 3, 4]);
  const said = guest.saidBy();
  assert.deepEqual(
    said.map(({ counter }) => counter),
    [1, 2, 3, 4],
  );
  assert.equal(new Set(said.map((direct) => guest.whisperIn(direct).id)).size, 1);
  assert.equal(guest.answers.get(ref), undefined);
  guest.pass(LIMITS.directMessageGiveUpMs - 7_000);
  assert.equal(guest.refusalOf(ref), 'WHISPER_UNCONFIRMED');
  guest.pass(60_000);
  assert.equal(guest.saidBy().length, 4);
});

test('[VISIT-4] one that comes again is confirmed again and shown once', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  const text = textTo(guest, bob);
  guest.hearDirect(bob.whispers(guest.card, text), bob.whispers(guest.card, text), bob.whispers(guest.card, text));
  assert.equal(guest.newsOf('whispered').length, 1);
  assert.equal(guest.sentOf('say').length, 3);
});

test('[VISIT-9] strangers who whisper all the time do not use up what we may say', () => {
  const guest = inLab();
  for (let k = 0; k < 200; k += 1) {
    const eve = new FakeSender('eve');
    guest.hearDirect(eve.whispers(guest.card, textTo(guest, eve)));
  }
  assert.equal(guest.newsOf('whispered').length, 200);
  assert.equal(guest.sentOf('say').length, LIMITS.directMessageAnswersBurst);
  takeAll(guest);
  guest.sent = [];
  guest.wish({ kind: 'say', channel: 'lab', text: 'hi' });
  assert.equal(guest.saidBy()[0]?.text, 'hi');
});

test('[VISIT-4] a break in between costs nothing: it is sent again as it was signed', () => {
  const bob = new FakeSender('bob');
  const guest = inLab(bob.signedCard());
  const ref = whisper(guest, bob);
  const [first] = guest.sentOf('say');
  guest.lose();
  guest.sent = [];
  guest.comeBack();
  guest.hear(joined('lab'));
  assert.deepEqual(guest.sentOf('say'), [first]);
  assert.equal(guest.answers.get(ref), undefined);
});

test('[VISIT-6] one that never left is refused after half a minute', () => {
  const bob = new FakeSender('bob');
  const guest = inLab(bob.signedCard());
  guest.lose();
  const ref = whisper(guest, bob);
  guest.pass(LIMITS.channelClientWaitMs);
  assert.equal(guest.refusalOf(ref), 'CHANNEL_AWAY');
});

test('to ourselves, to nobody we know and to a key that is none there is nothing to whisper', () => {
  const bob = new FakeSender('bob', 'A'.repeat(43));
  const guest = inLab(bob.signedCard());
  guest.hear({ type: 'came', channel: 'lab', card: { payload: '{}', signature: 'A'.repeat(86) } });
  assert.equal(guest.refusalOf(whisper(guest, new FakeSender('carol'))), 'VISITOR_UNKNOWN');
  guest.isPrompt = false;
  const ref = whisper(guest, bob);
  guest.input({ kind: 'sealed', ref: guest.held[0]?.ref ?? 0, body: null });
  assert.equal(guest.refusalOf(ref), 'WHISPER_UNCONFIRMED');
});

test('of a key that may not be heard nothing is shown and nothing confirmed', () => {
  const bob = new FakeSender('bob');
  const guest = new ClientTestbed({ mayHear: (key) => key !== bob.card.key });
  guest.enter();
  guest.joins('lab');
  guest.hearSaid(bob.says('hi'));
  guest.hearDirect(bob.whispers(guest.card, textTo(guest, bob)));
  assert.deepEqual([guest.shown, guest.newsOf('whispered'), guest.sentOf('say')], [[], [], []]);
});

test('a text of 16 KiB of which each letter is escaped fits a whisper', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearDirect(bob.whispers(guest.card, textTo(guest, bob, '"'.repeat(16_384))));
  assert.equal(guest.newsOf('whispered')[0]?.text.length, 16_384);
});
