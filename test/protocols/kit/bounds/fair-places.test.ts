// Places for connections: a bound for each owner, and fair eviction when all places are taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairPlaces } from '../../../../protocols/kit/bounds/fair-places.js';

/** Places of which an owner has taken some, with ids from 1 on. */
function takenBy(owner: string, count: number, bounds: { placesMax: number; perOwnerMax: number }): FairPlaces {
  const places = new FairPlaces(bounds);
  for (let id = 1; id <= count; id += 1) assert.deepEqual(places.take(id, owner), { type: 'taken', evicted: null });
  return places;
}

test('[LOAD-5] an owner with all its places is refused another one, and other owners are not', () => {
  const places = takenBy('a', 5, { placesMax: 100, perOwnerMax: 5 });
  assert.equal(places.take(6, 'a').type, 'refused');
  assert.equal(places.take(7, 'b').type, 'taken');
  places.leave(1);
  assert.equal(places.take(8, 'a').type, 'taken');
});

test('[LOAD-5] when all places are taken, the oldest of the largest owner makes room for a smaller one', () => {
  const places = takenBy('large', 9, { placesMax: 10, perOwnerMax: Infinity });
  places.take(50, 'small');
  assert.deepEqual(places.take(51, 'new'), { type: 'taken', evicted: 1 });
  assert.deepEqual(places.take(52, 'small'), { type: 'taken', evicted: 2 });
  assert.deepEqual(places.take(53, 'large'), { type: 'refused' });
  assert.equal(places.size, 10);
});
