// Pace: so many times a minute, for so many that are remembered; and whom it counts as one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimiter } from '../../nameserver/rate-limiter.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';

test('a full minute says how long it still lasts', () => {
  const limiter = new RateLimiter(2, 10);
  assert.deepEqual(
    [limiter.tryTake('alice', 0), limiter.tryTake('alice', 10), limiter.tryTake('alice', 20)],
    [0, 0, 59_980],
  );
  assert.deepEqual([limiter.tryTake('bob', 20), limiter.tryTake('alice', 60_000)], [0, 0]);
});

test('only so many are remembered', () => {
  const limiter = new RateLimiter(1, 2);
  for (const who of ['a', 'b', 'c']) limiter.tryTake(who, 0);
  assert.deepEqual([limiter.tryTake('c', 1), limiter.tryTake('a', 1)], [59_999, 0]);
});

test('an IPv6 network counts as one, an IPv4 address for itself', () => {
  assert.equal(networkPrefixOf('192.0.2.7'), '192.0.2.7');
  assert.equal(networkPrefixOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(networkPrefixOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(networkPrefixOf('2001:db8::1'), '2001:db8:0:0');
  assert.equal(networkPrefixOf('::1'), '0:0:0:0');
});
