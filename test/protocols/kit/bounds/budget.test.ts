// Budgets: a rate for each key, one for all keys together, and a bounded table of keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from '../../../../protocols/kit/bounds/budget.js';
import { networkPrefixOf, providerPrefixOf } from '../../../../protocols/kit/bounds/network-prefix.js';

const each = { perSecond: 1, burst: 10 };

function spentBy(budget: Budget, key: string, tries = 1_000): number {
  let spent = 0;
  while (spent < tries && budget.spend(key, 0) === 0) spent += 1;
  return spent;
}

test('a key spends its burst, then waits for its rate; other keys have their own', () => {
  const budget = new Budget({ each, all: null }, { keysMax: 10 });
  assert.equal(spentBy(budget, 'alice'), 10);
  assert.equal(budget.spend('alice', 0), 1_000);
  assert.equal(budget.spend('alice', 400), 600);
  assert.equal(budget.spend('bob', 400), 0);
  assert.equal(budget.spend('alice', 1_000), 0);
});

test('a cost counts as so many at once, and one above the burst needs a full budget', () => {
  const budget = new Budget({ each, all: null }, { keysMax: 10 });
  assert.deepEqual([budget.spend('alice', 0, 7), budget.spend('alice', 0, 4)], [0, 1_000]);
  assert.deepEqual([budget.spend('bob', 0, 99), budget.spend('bob', 0, 1)], [0, 1_000]);
});

test('[LOAD-1] half of the common budget is kept for keys that spent less than half of their own', () => {
  const budget = new Budget({ each, all: { perSecond: 1, burst: 40 } }, { keysMax: 10 });
  // Each key spends freely up to half of its own, and beyond that only from the upper half of the common budget.
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].map((key) => spentBy(budget, key)),
    [10, 10, 5, 5, 5],
  );
  assert.equal(spentBy(budget, 'f'), 5);
  assert.equal(spentBy(budget, 'g'), 0);
});

test('in a full table the owner of most keys resets its own and no other', () => {
  const budget = Budget.ofNetworks({ each, all: null }, 4);
  const honest = networkPrefixOf('192.0.2.1');
  assert.equal(spentBy(budget, honest), 10);
  for (let nth = 0; nth < 100; nth += 1) spentBy(budget, networkPrefixOf(`203.0.${nth}.1`));
  assert.equal(spentBy(budget, honest), 0);
});

test('without rates there is no limit', () => {
  assert.equal(spentBy(new Budget(null, { keysMax: 1 }), 'alice'), 1_000);
});

test('a /24 of IPv4 addresses and a /56 of IPv6 addresses are one network each', () => {
  assert.equal(networkPrefixOf('192.0.2.7'), '192.0.2.0/24');
  assert.equal(networkPrefixOf('192.0.2.255'), networkPrefixOf('::ffff:192.0.2.7'));
  assert.equal(networkPrefixOf('2001:db8:1:2ff:3:4:5:6'), '2001:db8:1:200::/56');
  assert.equal(networkPrefixOf('2001:0DB8:1:2aa::'), '2001:db8:1:200::/56');
  assert.equal(networkPrefixOf('2001:db8::1'), '2001:db8:0:0::/56');
  assert.equal(networkPrefixOf('::1'), '0:0:0:0::/56');
});

test('a text that is no address has a short network too', () => {
  for (const text of ['', 'unknown', '.'.repeat(10_000), ':'.repeat(10_000), 'x'.repeat(10_000)]) {
    assert.ok(networkPrefixOf(text).length < 32, text.slice(0, 9));
  }
});

test('a /16 of IPv4 addresses and a /32 of IPv6 addresses are one provider each', () => {
  assert.equal(providerPrefixOf(networkPrefixOf('192.0.2.7')), '192.0.0.0/16');
  assert.equal(providerPrefixOf(networkPrefixOf('2001:db8:1:2ff::1')), '2001:db8::/32');
});
