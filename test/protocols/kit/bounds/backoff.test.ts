// Back-off: doubling, capped, spread by chance, forgotten on success.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Backoff } from '../../../../protocols/kit/bounds/backoff.js';
import type { RandomSource } from '../../../../protocols/kit/primitives.js';

const BOUNDS = { firstMs: 500, ceilingMs: 60_000 };

function rolling(fraction: number): RandomSource {
  return { fraction: () => fraction, bytes: (length) => new Uint8Array(length) };
}

test('each failure doubles the wait, up to the ceiling', () => {
  const backoff = new Backoff(BOUNDS, rolling(1));
  const waits = Array.from({ length: 9 }, () => backoff.next());
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('chance takes at most half of a wait, and adds nothing', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(100), (fraction, failures) => {
      const least = new Backoff(BOUNDS, rolling(0));
      const some = new Backoff(BOUNDS, rolling(fraction));
      for (let k = 0; k < failures; k += 1) {
        const half = least.next();
        const wait = some.next();
        assert.ok(wait >= half && wait <= 2 * half && wait <= BOUNDS.ceilingMs);
      }
    }),
  );
});

test('success starts over', () => {
  const backoff = new Backoff(BOUNDS, rolling(0));
  backoff.next();
  backoff.next();
  backoff.succeeded();
  assert.equal(backoff.next(), 250);
});
