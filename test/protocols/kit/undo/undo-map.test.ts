// The undo log and its map: a rollback restores exactly the values before the transaction.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';

function filledMap(): { log: UndoLog; map: UndoMap<string, number> } {
  const log = new UndoLog();
  const map = new UndoMap<string, number>(log);
  map.set('kept', 1);
  return { log, map };
}

test('a rollback undoes new, changed and deleted entries', () => {
  const { log, map } = filledMap();
  const work = (): void => {
    map.set('new', 2);
    map.set('kept', 3);
    map.delete('kept');
    throw new Error('the work failed');
  };
  assert.throws(() => log.transaction(work), /the work failed/);
  assert.deepEqual(map.all(), [['kept', 1]]);
});

test('a committed transaction is not undone by a later one', () => {
  const { log, map } = filledMap();
  log.transaction(() => map.set('kept', 2));
  log.begin();
  map.set('kept', 3);
  log.rollback();
  assert.equal(map.get('kept'), 2);
});

test('an inner transaction is undone by itself, or together with the outer one', () => {
  const { log, map } = filledMap();
  log.begin();
  map.set('outer', 2);
  log.begin();
  map.set('inner', 3);
  log.rollback();
  assert.deepEqual([map.has('outer'), map.has('inner')], [true, false]);
  log.transaction(() => map.set('inner', 4));
  log.rollback();
  assert.deepEqual(map.all(), [['kept', 1]]);
});
