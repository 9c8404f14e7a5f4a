// The places of sessions: a bound for each network, and fair eviction when all places are taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { SessionPlaces, type Place } from '../../../nameserver/sessions/session-places.js';

/** Takes places for a network, the sessions numbered from `first` on, and gives the last answer. */
function takeMany(places: SessionPlaces, network: string, { first, count }: { first: number; count: number }): Place {
  let last: Place = { type: 'refused' };
  for (let session = first; session < first + count; session += 1) last = places.take(session, network);
  return last;
}

test('[LOAD-5] a network with all its sessions is refused another one, and other networks are not', () => {
  const places = new SessionPlaces(LIMITS.sessionsPerNetwork);
  const all = { first: 1, count: LIMITS.sessionsPerNetwork };
  assert.equal(takeMany(places, 'a', all).type, 'taken');
  assert.equal(places.take(90_000, 'a').type, 'refused');
  assert.equal(places.take(90_001, 'b').type, 'taken');
  places.leave(1);
  assert.equal(places.take(90_002, 'a').type, 'taken');
});

test('[LOAD-5] when all places are taken, the oldest session of the largest network makes room', () => {
  const places = new SessionPlaces(Infinity);
  takeMany(places, 'large', { first: 1, count: LIMITS.sessionsMax - 1 });
  places.take(50_000, 'small');
  assert.deepEqual(places.take(50_001, 'new'), { type: 'taken', evicted: 1 });
  assert.deepEqual(places.take(50_002, 'small'), { type: 'taken', evicted: 2 });
  assert.deepEqual(places.take(50_003, 'large'), { type: 'refused' });
  assert.equal(places.size, LIMITS.sessionsMax);
});
