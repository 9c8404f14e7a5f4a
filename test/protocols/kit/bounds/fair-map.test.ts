// The fair map: bounded, and the heaviest owner makes room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairMap } from '../../../../protocols/kit/bounds/fair-map.js';

test('the oldest entry of the heaviest owner is evicted, even if other entries are older', () => {
  const map = new FairMap<number>(4);
  map.put('old', 1, 'quiet');
  for (const key of ['a', 'b', 'c']) map.put(key, 2, 'loud');
  assert.deepEqual(map.put('d', 3, 'loud'), { key: 'a', value: 2 });
  assert.deepEqual(map.put('e', 4, 'new'), { key: 'b', value: 2 });
  assert.equal(map.get('old'), 1);
});

test('what was touched is the youngest', () => {
  const map = new FairMap<number>(2);
  map.put('a', 1, 'x');
  map.put('b', 2, 'x');
  map.touch('a');
  assert.equal(map.oldest()?.key, 'b');
  assert.equal(map.put('c', 3, 'x')?.key, 'b');
});

test('to put again what is there pushes nothing out, also under another owner', () => {
  const map = new FairMap<number>(2);
  map.put('a', 1, 'x');
  map.put('b', 2, 'x');
  assert.equal(map.put('a', 3, 'y'), null);
  assert.equal(map.get('a'), 3);
  assert.equal(map.nextEvicted()?.key, 'b');
});

test('however many owners put whatever they like, it keeps its bound and every share is counted rightly', () => {
  const step = fc.tuple(fc.constantFrom('put', 'delete', 'touch'), fc.nat(30), fc.nat(4));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const map = new FairMap<number>(8);
      for (const [what, key, owner] of steps) {
        if (what === 'put') map.put(`k${key}`, key, `o${owner}`);
        if (what === 'delete') map.delete(`k${key}`);
        if (what === 'touch') map.touch(`k${key}`);
        assert.ok(map.size <= 8 && [...map.keys()].length === map.size);
        assert.equal(map.nextEvicted() === null, map.size === 0);
      }
      for (const key of [...map.keys()]) map.delete(key);
      assert.equal(map.nextEvicted(), null);
    }),
  );
});
