// The search indexer works while few messages arrive, and pauses while many do.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SearchIndexer } from '../../client/search-indexer.js';
import { LIMITS } from '../../protocols/kit/limits.js';

/** An index with this many steps left, and a clock that the test moves. */
function indexing(steps: number) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const index = { messagesWritten: 0, taken: 0, indexSome: () => (index.taken += 1) < steps };
  const idle = new SearchIndexer(index);
  idle.start();
  return { index, idle, pass: (ms: number) => mock.timers.tick(ms) };
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
