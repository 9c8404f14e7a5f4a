// Verifications finish in any order; messages take effect in the order of arrival.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientTestbed, inLab, joined, FakeSender } from './client-testbed.js';

test('[VISIT-2] messages are shown in the order of arrival, in whatever order they are verified', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (chances) => {
      const senders = [new FakeSender('bob'), new FakeSender('carol'), new FakeSender('dave')];
      const testbed = inLab();
      testbed.isPrompt = false;
      const texts = Array.from({ length: 12 }, (_, k) => `${k}`);
      texts.forEach((text, k) => testbed.receiveMessages((senders[k % 3] as FakeSender).says(text)));
      while (testbed.held.length > 0) testbed.release(testbed.held[(chances.next().value ?? 0) % testbed.held.length]);
      assert.deepEqual(testbed.shown, texts);
    }),
    { numRuns: 50 },
  );
});

test('[VISIT-2] a forgery between two messages neither delays nor affects them', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  const [one, two, three] = [bob.says('one'), bob.says('two'), bob.says('three')];
  testbed.receiveMessages(one, { ...two, payload: two.payload.replace('two', 'TWO') }, three);
  for (const held of testbed.held.toReversed()) testbed.release(held);
  assert.deepEqual(testbed.shown, ['one', 'three']);
});

test('[VISIT-2] of two copies that are verified at the same time one is shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  const one = bob.says('one');
  testbed.receiveMessages(one, one);
  for (const held of testbed.held.toReversed()) testbed.release(held);
  assert.deepEqual(testbed.shown, ['one']);
});

test('[CHAN-9] a member that leaves before its card is verified is not listed', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  testbed.receive({ type: 'came', channel: 'lab', card: bob.signedCard() });
  testbed.receive({ type: 'left', channel: 'lab', key: bob.card.key });
  testbed.release(testbed.held[0]);
  assert.deepEqual(testbed.machine.channels()[0]?.here, []);
});

test('[CHAN-9] presence is reported when we join, and as members come and go', () => {
  const [bob, carol] = [new FakeSender('bob'), new FakeSender('carol')];
  const testbed = new ClientTestbed();
  testbed.enter();
  const ref = testbed.joins('lab', bob.signedCard());
  const answer = testbed.answers.get(ref);
  assert.ok(answer?.ok && answer.type === 'joined');
  assert.deepEqual(answer.presence, { channel: 'lab', here: [bob.card], count: 1, elsewhere: 0 });
  testbed.receive({ type: 'came', channel: 'lab', card: carol.signedCard() });
  testbed.receive({ type: 'counts', channel: 'lab', count: 2, elsewhere: 5 });
  testbed.receive({ type: 'left', channel: 'lab', key: bob.card.key });
  const told = testbed
    .eventsOf('presence')
    .map(({ presence }) => [presence.here.length, presence.count, presence.elsewhere]);
  assert.deepEqual(told, [
    [1, 1, 0],
    [2, 2, 0],
    [2, 2, 5],
    [1, 1, 5],
  ]);
});

test('[CHAN-9] a card is verified once', () => {
  const bob = new FakeSender('bob');
  const card = bob.signedCard();
  const testbed = inLab(card);
  testbed.isPrompt = false;
  testbed.receive(joined('lab', [card]));
  assert.equal(testbed.held.length, 0);
  testbed.receive(joined('lab', [bob.signedCard({ exchange: testbed.exchange })]));
  assert.equal(testbed.held.length, 1);
});
