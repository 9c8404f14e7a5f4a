// Proofs come back in any order; what they prove takes effect in the order in which it came.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientTestbed, inLab, joined, FakeSender } from './client-testbed.js';

test('[VISIT-2] texts are shown in the order in which they came, in whatever order they are proved', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (chances) => {
      const speakers = [new FakeSender('bob'), new FakeSender('carol'), new FakeSender('dave')];
      const testbed = inLab();
      testbed.isPrompt = false;
      const texts = Array.from({ length: 12 }, (_, k) => `${k}`);
      texts.forEach((text, k) => testbed.receiveMessages((speakers[k % 3] as FakeSender).says(text)));
      while (testbed.held.length > 0) testbed.release(testbed.held[(chances.next().value ?? 0) % testbed.held.length]);
      assert.deepEqual(testbed.shown, texts);
    }),
    { numRuns: 50 },
  );
});

test('[VISIT-2] a forgery in between holds up nothing and proves nothing', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  const [one, two, three] = [bob.says('one'), bob.says('two'), bob.says('three')];
  testbed.receiveMessages(one, { ...two, payload: two.payload.replace('two', 'TWO') }, three);
  for (const held of testbed.held.toReversed()) testbed.release(held);
  assert.deepEqual(testbed.shown, ['one', 'three']);
});

test('[VISIT-2] of two copies that are checked at the same time one is shown', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  const one = bob.says('one');
  testbed.receiveMessages(one, one);
  for (const held of testbed.held.toReversed()) testbed.release(held);
  assert.deepEqual(testbed.shown, ['one']);
});

test('[CHAN-9] who came and left before their card was proved is not here', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.isPrompt = false;
  testbed.receive({ type: 'came', channel: 'lab', card: bob.signedCard() });
  testbed.receive({ type: 'left', channel: 'lab', key: bob.card.key });
  testbed.release(testbed.held[0]);
  assert.deepEqual(testbed.machine.channels()[0]?.here, []);
});

test('[CHAN-9] who is here is told when we join, and as they come and go', () => {
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

test('[CHAN-9] a card that was proved once is not checked again', () => {
  const bob = new FakeSender('bob');
  const card = bob.signedCard();
  const testbed = inLab(card);
  testbed.isPrompt = false;
  testbed.receive(joined('lab', [card]));
  assert.equal(testbed.held.length, 0);
  testbed.receive(joined('lab', [bob.signedCard({ exchange: testbed.exchange })]));
  assert.equal(testbed.held.length, 1);
});
