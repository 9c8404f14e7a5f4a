// Proofs come back in any order; what they prove takes effect in the order in which it came.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientTestbed, inLab, joined, FakeSender } from './client-testbed.js';

test('[VISIT-2] texts are shown in the order in which they came, in whatever order they are proved', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (chances) => {
      const speakers = [new FakeSender('bob'), new FakeSender('carol'), new FakeSender('dave')];
      const guest = inLab();
      guest.isPrompt = false;
      const texts = Array.from({ length: 12 }, (_, k) => `${k}`);
      texts.forEach((text, k) => guest.hearSaid((speakers[k % 3] as FakeSender).says(text)));
      while (guest.held.length > 0) guest.release(guest.held[(chances.next().value ?? 0) % guest.held.length]);
      assert.deepEqual(guest.shown, texts);
    }),
    { numRuns: 50 },
  );
});

test('[VISIT-2] a forgery in between holds up nothing and proves nothing', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.isPrompt = false;
  const [one, two, three] = [bob.says('one'), bob.says('two'), bob.says('three')];
  guest.hearSaid(one, { ...two, payload: two.payload.replace('two', 'TWO') }, three);
  for (const held of guest.held.toReversed()) guest.release(held);
  assert.deepEqual(guest.shown, ['one', 'three']);
});

test('[VISIT-2] of two copies that are checked at the same time one is shown', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.isPrompt = false;
  const one = bob.says('one');
  guest.hearSaid(one, one);
  for (const held of guest.held.toReversed()) guest.release(held);
  assert.deepEqual(guest.shown, ['one']);
});

test('[CHAN-9] who came and left before their card was proved is not here', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.isPrompt = false;
  guest.hear({ type: 'came', channel: 'lab', card: bob.signedCard() });
  guest.hear({ type: 'left', channel: 'lab', key: bob.card.key });
  guest.release(guest.held[0]);
  assert.deepEqual(guest.machine.channels()[0]?.here, []);
});

test('[CHAN-9] who is here is told when we join, and as they come and go', () => {
  const [bob, carol] = [new FakeSender('bob'), new FakeSender('carol')];
  const guest = new ClientTestbed();
  guest.enter();
  const ref = guest.joins('lab', bob.signedCard());
  const answer = guest.answers.get(ref);
  assert.ok(answer?.ok && answer.done === 'joined');
  assert.deepEqual(answer.presence, { channel: 'lab', here: [bob.card], count: 1, elsewhere: 0 });
  guest.hear({ type: 'came', channel: 'lab', card: carol.signedCard() });
  guest.hear({ type: 'counts', channel: 'lab', count: 2, elsewhere: 5 });
  guest.hear({ type: 'left', channel: 'lab', key: bob.card.key });
  const told = guest
    .newsOf('presence')
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
  const guest = inLab(card);
  guest.isPrompt = false;
  guest.hear(joined('lab', [card]));
  assert.equal(guest.held.length, 0);
  guest.hear(joined('lab', [bob.signedCard({ exchange: guest.exchange })]));
  assert.equal(guest.held.length, 1);
});
