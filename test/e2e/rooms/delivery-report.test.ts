// The judge of what clients saw: it must complain where there is reason to, or its silence means nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDelivery } from './delivery-report.js';

const LINE = 2 ** 20;
const record = (client: number, received: number[], server = 0) => {
  return { client, room: 1, server, sent: new Set([client * LINE + 1]), received, refused: 0 };
};
const [A1, A2, B1] = [1, 2, LINE + 1];

test('one order, heard by all, is fine in every order', () => {
  for (const order of ['total', 'fifo', 'unordered'])
    assert.deepEqual(checkDelivery([record(0, [A1, B1, A2]), record(1, [A1, B1, A2])], order), {
      violations: [],
      delivered: 3,
      unheard: 0,
    });
});

test('what is lost, doubled or out of order is complained about, as far as it was promised', () => {
  const complaintsOf = (seen: number[], order: string) =>
    checkDelivery([record(0, [A1, B1, A2]), record(1, seen)], order).violations.length;
  assert.deepEqual(
    ['total', 'fifo', 'unordered'].map((order) => complaintsOf([B1, A1, A2], order)),
    [1, 0, 0],
  );
  assert.deepEqual(
    ['total', 'fifo', 'unordered'].map((order) => complaintsOf([A2, A1, B1], order)),
    [2, 1, 0],
  );
  for (const order of ['total', 'fifo', 'unordered']) {
    assert.ok(complaintsOf([A1, B1], order) > 0);
    assert.ok(complaintsOf([A1, B1, A2, A2], order) > 0);
  }
});

test('clients of a server that died may have missed anything', () => {
  assert.deepEqual(checkDelivery([record(0, [A1]), record(1, [], 2)], 'total', new Set([2])).violations, []);
});
