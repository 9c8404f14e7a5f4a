// The same random operations give the same answers in the memory store and in the SQLite store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import { MemoryStore } from '../../client/store/memory/memory-store.js';
import { smallSqliteStore } from './contract.js';
import { everything, operations } from './operations.js';
import type { Operation } from './post-operations.js';

/** One turn: its operations, and whether the program crashes before the turn ends. */
interface Turn {
  readonly operations: readonly Operation[];
  readonly crashes: boolean;
}

const turns: fc.Arbitrary<Turn> = fc.record({
  operations: fc.array(operations, { maxLength: 12 }),
  crashes: fc.boolean(),
});

function take(store: TransactionalStore, turn: Turn): unknown[] {
  const answers: unknown[] = [];
  const work = (): void => {
    for (const { text, run } of turn.operations) answers.push([text, run(store)]);
    if (turn.crashes) throw new Error('crash');
  };
  if (turn.crashes) assert.throws(() => store.transaction(work), /crash/);
  else store.transaction(work);
  return [...answers, everything(store)];
}

test('both stores give the same answers, even after crashes within transactions', () => {
  const property = fc.property(fc.array(turns, { maxLength: 12 }), (life) => {
    const [memory, sqlite] = [new MemoryStore(), smallSqliteStore(3)];
    for (const turn of life) assert.deepEqual(take(memory, turn), take(sqlite, turn));
    sqlite.close();
  });
  fc.assert(property, { numRuns: 150 });
});
