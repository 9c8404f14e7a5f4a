// Tests the check of what clients received: it must find each kind of violation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDelivery } from './delivery-report.js';

const LINE = 2 ** 20;
const record = (client: number, received: number[], server = 0) => {
  return { client, room: 1, server, sent: new Set([client * LINE + 1]), received, refused: 0 };
};
const [A1, A2, B1] = [1, 2, LINE + 1];

test('the same lines in the same order satisfy every guarantee', () => {
  for (const order of ['total', 'fifo', 'unordered'])
    assert.deepEqual(checkDelivery([record(0, [A1, B1, A2]), record(1, [A1, B1, A2])], order), {
      violations: [],
      delivered: 3,
      undelivered: 0,
    });
});

test('lost, duplicated and reordered lines are violations where the order forbids them', () => {
  const violationsOf = (received: number[], order: string) =>
    checkDelivery([record(0, [A1, B1, A2]), record(1, received)], order).violations.length;
  assert.deepEqual(
    ['total', 'fifo', 'unordered'].map((order) => violationsOf([B1, A1, A2], order)),
    [1, 0, 0],
  );
  assert.deepEqual(
    ['total', 'fifo', 'unordered'].map((order) => violationsOf([A2, A1, B1], order)),
    [2, 1, 0],
  );
  for (const order of ['total', 'fifo', 'unordered']) {
    assert.ok(violationsOf([A1, B1], order) > 0);
    assert.ok(violationsOf([A1, B1, A2, A2], order) > 0);
  }
});

test('clients of a crashed server may miss any line', () => {
  assert.deepEqual(checkDelivery([record(0, [A1]), record(1, [], 2)], 'total', new Set([2])).violations, []);
});
