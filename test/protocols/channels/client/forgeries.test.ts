// A hostile server, seen from a visitor: what nobody signed, said here, or said now is not shown.

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

test('what was signed is shown, with who said it', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearSaid(bob.says('hello'));
  const [said] = guest.newsOf('said');
  assert.deepEqual(said?.from, bob.card);
  assert.equal(said.text, 'hello');
  assert.equal(said.channel, 'lab');
  assert.equal(said.isMine, false);
  assert.deepEqual(guest.newsOf('forgery'), []);
});

test('[VISIT-1] a text that was altered is not shown, and that is told once in a connection', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearSaid(altered(bob.says('yes'), 'yes', 'no'), altered(bob.says('pay bob'), 'bob', 'eve'));
  assert.deepEqual(guest.shown, []);
  assert.equal(guest.newsOf('forgery').length, 1);
  guest.lose();
  guest.comeBack();
  guest.hear(joined('lab'));
  guest.hearSaid(altered(bob.says('yes', { at: guest.now }), 'yes', 'no'));
  assert.equal(guest.newsOf('forgery').length, 2);
});

test('[VISIT-1] words in the name of another key, or signed as something else, are not shown', () => {
  const [bob, eve] = [new FakeSender('bob'), new FakeSender('eve')];
  const guest = inLab();
  guest.hearSaid(eve.says('I am bob', { key: bob.card.key }));
  const message = JSON.parse(bob.says('hi').payload) as object;
  guest.hearSaid(signObject('direct', message, bob.key, primitives));
  guest.hearSaid(signObject('group_message', message, bob.key, primitives));
  assert.deepEqual(guest.shown, []);
});

test('[VISIT-1] what is of a channel we are not in, or have left, is not shown', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearSaid(bob.says('elsewhere', { channel: 'other' }));
  assert.deepEqual(guest.shown, []);
  guest.wish({ kind: 'part', channel: 'lab' });
  guest.hearSaid(bob.says('too late'));
  assert.deepEqual(guest.shown, []);
  assert.deepEqual(guest.newsOf('forgery'), [], 'it may have crossed our parting');
});

test('[VISIT-1] nothing is shown of a channel that was left while the proof was being checked', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.isPrompt = false;
  guest.hearSaid(bob.says('hi'));
  guest.wish({ kind: 'part', channel: 'lab' });
  guest.release(guest.held[0]);
  assert.deepEqual(guest.shown, []);
});

test('[VISIT-1] a reserved name and a text over 16 KiB are not shown, however well they are signed', () => {
  const guest = inLab();
  guest.hearSaid(new FakeSender('admin').says('give me your key'), new FakeSender('bob').says('ä'.repeat(10_000)));
  assert.deepEqual(guest.shown, []);
  guest.hearSaid(new FakeSender('bob').says('ä'.repeat(8_192)));
  assert.equal(guest.shown.length, 1);
});

test('[VISIT-1] a card with another exchange key than its owner signed counts for nothing', () => {
  const bob = new FakeSender('bob');
  const swapped = altered(bob.signedCard(), bob.exchange, freshKey());
  const guest = inLab(swapped, new FakeSender('carol').signedCard());
  assert.deepEqual(
    guest.machine.channels()[0]?.here.map(({ name }) => name),
    ['carol'],
  );
  guest.hear({ type: 'came', channel: 'lab', card: swapped });
  assert.equal(guest.machine.channels()[0]?.here.length, 1);
  assert.equal(guest.refusalOf(guest.wish({ kind: 'whisper', to: bob.card.key, text: 'hi' })), 'VISITOR_UNKNOWN');
});

test('[VISIT-2] the same again, or what was said before it, is not shown', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  const [one, two, three] = [bob.says('one'), bob.says('two'), bob.says('three')];
  guest.hearSaid(one, one, three, two, three);
  assert.deepEqual(guest.shown, ['one', 'three']);
});

test('[VISIT-2] lives count for themselves, and aloud and in private share one count', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearSaid(bob.says('one', { counter: 7 }), bob.says('two', { counter: 1, life: freshSessionId() }));
  assert.deepEqual(guest.shown, ['one', 'two']);
  const text = { kind: 'text', from: bob.card.key, to: guest.card.key, id: freshSessionId(), text: 'old' } as const;
  guest.hearDirect(bob.whispers(guest.card, text, { counter: 7 }));
  assert.deepEqual(guest.newsOf('whispered'), []);
});

test('[VISIT-2] a forgery does not use up the counter of the one it is made of', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  const one = bob.says('one');
  guest.hearSaid(altered(one, '"counter":1', '"counter":900'), one);
  assert.deepEqual(guest.shown, ['one']);
});

test('[VISIT-2] nothing older than five minutes is shown, nor from so far ahead', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.hearSaid(bob.says('old', { at: START - SKEW_MS - 1 }), bob.says('ahead', { at: START + SKEW_MS + 1 }));
  assert.deepEqual(guest.shown, []);
  guest.hearSaid(bob.says('just', { at: START - SKEW_MS }), bob.says('as well', { at: START + SKEW_MS }));
  assert.deepEqual(guest.shown, ['just', 'as well']);
});

test('[VISIT-2] a flood of speakers is forgotten one by one, and brings back nothing that was heard', () => {
  const speakers = new ReplayGuard(100);
  const first = { key: 'bob', life: 'one', counter: 3, at: START };
  assert.ok(speakers.take(first, START));
  for (let k = 1; k <= 500; k += 1) {
    assert.ok(speakers.take({ key: 'eve', life: `${k}`, counter: 1, at: START + k + SKEW_MS }, START + k));
  }
  assert.equal(speakers.isNew(first), false, 'a replay');
  assert.ok(speakers.isNew({ ...first, counter: 4, at: START + 501 }), 'who goes on is heard, whatever the flood says');
  assert.ok(speakers.isNew({ key: 'carol', life: 'two', counter: 1, at: START + 450 }), 'a newcomer too');
});

test('[G7] whatever a server sends, the visitor neither breaks nor believes it', () => {
  const kinds = fc.constantFrom('challenge', 'welcome', 'joined', 'parted', 'came', 'left', 'heard', 'taken', 'error');
  const garbage = fc.oneof(fc.jsonValue(), fc.record({ type: kinds, channel: fc.string(), said: fc.jsonValue() }));
  fc.assert(
    fc.property(fc.array(garbage, { maxLength: 5 }), fc.boolean(), (frames, isIn) => {
      const guest = isIn ? inLab() : new ClientTestbed();
      guest.input({ kind: 'awake' });
      guest.hear(...frames, undefined);
      assert.equal(guest.machine.connectionState, 'away');
      assert.ok(guest.closed.includes(guest.door));
      assert.deepEqual(guest.shown, []);
    }),
    { numRuns: 200 },
  );
});

test('[G7] well-formed frames that speak of what is not there change nothing', () => {
  const guest = inLab();
  const here = guest.machine.channels();
  guest.hear(
    { type: 'taken', life: guest.life, counter: 5 },
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
  assert.equal(guest.machine.connectionState, 'open');
  assert.deepEqual(guest.machine.channels(), here);
});

test('[G7] more than can be checked ends the connection: memory is bounded', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.isPrompt = false;
  const long = 'x'.repeat(16_000);
  for (let k = 0; k < 700 && guest.machine.connectionState === 'open'; k += 1) guest.hearSaid(bob.says(long));
  assert.equal(guest.machine.connectionState, 'away');
  const bytes = guest.held.reduce((sum, one) => sum + (one.kind === 'verify' ? one.signed.payload.length : 0), 0);
  assert.ok(bytes <= LIMITS.channelClientVerifyingBytes + 20_000);
});

test('[VISIT-2] what bears another time is not shown, and told apart from a forgery, once in a connection', () => {
  const [early, late] = [new FakeSender('bob'), new FakeSender('eve')];
  const guest = inLab();
  guest.hearSaid(early.says('old', { at: START - SKEW_MS - 1 }), late.says('ahead', { at: START + SKEW_MS + 1 }));
  assert.deepEqual([guest.shown, guest.newsOf('forgery')], [[], []]);
  assert.deepEqual(guest.newsOf('untimely'), [{ news: 'untimely', aheadMs: -SKEW_MS - 1 }]);
});
