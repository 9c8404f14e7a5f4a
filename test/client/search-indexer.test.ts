// The search indexer works while few messages arrive, and pauses while many do.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SearchIndexer } from '../../client/search-indexer.js';
import { LIMITS } from '../../protocols/kit/limits.js';

/** An index with this many steps left, and a clock that the test moves. */
function indexing(steps: number) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const index = { messagesWritten: 0, taken: 0, indexSome: () => (index.taken += 1) < steps };
  const damages: unknown[] = [];
  const idle = new SearchIndexer(index, (error) => damages.push(error));
  idle.start();
  return { index, idle, damages, pass: (ms: number) => mock.timers.tick(ms) };
}

test('waiting messages are indexed with short pauses; afterwards it checks regularly', (context) => {
  context.after(() => mock.timers.reset());
  const { index, pass } = indexing(3);
  pass(LIMITS.indexIdleMs);
  assert.equal(index.taken, 1);
  pass(LIMITS.indexBatchPauseMs);
  pass(LIMITS.indexBatchPauseMs);
  assert.equal(index.taken, 3);
  pass(LIMITS.indexBatchPauseMs);
  assert.equal(index.taken, 3);
  pass(LIMITS.indexIdleMs);
  assert.equal(index.taken, 4);
});

test('while many messages arrive it indexes nothing', (context) => {
  context.after(() => mock.timers.reset());
  const { index, pass } = indexing(3);
  for (let look = 1; look <= 5; look += 1) {
    index.messagesWritten += LIMITS.indexQuietMessages;
    pass(LIMITS.indexIdleMs);
  }
  assert.equal(index.taken, 0);
  pass(LIMITS.indexIdleMs);
  assert.equal(index.taken, 1);
});

test('after `stop` it does nothing', (context) => {
  context.after(() => mock.timers.reset());
  const { index, idle, pass } = indexing(3);
  idle.stop();
  pass(10 * LIMITS.indexIdleMs);
  assert.equal(index.taken, 0);
});

const failing = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};

test('disk work outside the driver: a locked database ends nothing, and indexing goes on later', (context) => {
  context.after(() => mock.timers.reset());
  const { index, pass } = indexing(2);
  const { indexSome } = index;
  index.indexSome = failing('SQLITE_BUSY');
  pass(3 * LIMITS.indexIdleMs);
  index.indexSome = indexSome;
  pass(LIMITS.indexIdleMs);
  assert.equal(index.taken, 1);
});

test('disk work outside the driver: damage is reported once, and a fault of the program is not hidden', (context) => {
  context.after(() => mock.timers.reset());
  const { index, idle, damages, pass } = indexing(2);
  index.indexSome = failing('SQLITE_CORRUPT_VTAB');
  pass(3 * LIMITS.indexIdleMs);
  assert.equal(damages.length, 1);
  idle.start();
  index.indexSome = failing('ERR_INVALID_ARG_TYPE');
  assert.throws(() => pass(LIMITS.indexIdleMs), /ERR_INVALID/);
});
