// A server that ends when everybody has left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { UntilEmpty } from '../../../nameserver/edge/until-empty.js';

test('it ends shortly after the last session, and not while one is there', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let stops = 0;
  const untilEmpty = new UntilEmpty(() => (stops += 1));
  untilEmpty.counted(1);
  t.mock.timers.tick(LIMITS.emptyAtFirstMs * 2);
  untilEmpty.counted(0);
  t.mock.timers.tick(LIMITS.emptyAtLastMs - 1);
  assert.equal(stops, 0);
  untilEmpty.counted(1);
  untilEmpty.counted(0);
  t.mock.timers.tick(LIMITS.emptyAtLastMs);
  assert.equal(stops, 1);
});

test('it ends when nobody ever comes, but not if it is told to end before', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let stops = 0;
  new UntilEmpty(() => (stops += 1));
  new UntilEmpty(() => (stops += 10)).cancel();
  t.mock.timers.tick(LIMITS.emptyAtFirstMs);
  assert.equal(stops, 1);
});
