// Tests the rate limiter: the limit, its bounded memory, and which addresses share one key.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimiter } from '../../nameserver/rate-limiter.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';

test('at the limit it returns the remaining time of the window', () => {
  const limiter = new RateLimiter(2, 10);
  assert.deepEqual(
    [limiter.tryTake('alice', 0), limiter.tryTake('alice', 10), limiter.tryTake('alice', 20)],
    [0, 0, 59_980],
  );
  assert.deepEqual([limiter.tryTake('bob', 20), limiter.tryTake('alice', 60_000)], [0, 0]);
});

test('the oldest key is dropped when there are too many', () => {
  const limiter = new RateLimiter(1, 2);
  for (const key of ['a', 'b', 'c']) limiter.tryTake(key, 0);
  assert.deepEqual([limiter.tryTake('c', 1), limiter.tryTake('a', 1)], [59_999, 0]);
});

test('an IPv6 network of 64 bits is one key, and each IPv4 address is one key', () => {
  assert.equal(networkPrefixOf('192.0.2.7'), '192.0.2.7');
  assert.equal(networkPrefixOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(networkPrefixOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(networkPrefixOf('2001:db8::1'), '2001:db8:0:0');
  assert.equal(networkPrefixOf('::1'), '0:0:0:0');
});
