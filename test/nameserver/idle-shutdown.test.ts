// A server that ends when everybody has left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { IdleShutdown } from '../../nameserver/idle-shutdown.js';

test('it ends shortly after the last session, and not while one is there', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let stops = 0;
  const idleShutdown = new IdleShutdown(() => (stops += 1));
  idleShutdown.sessionsChanged(1);
  t.mock.timers.tick(LIMITS.idleShutdownFirstMs * 2);
  idleShutdown.sessionsChanged(0);
  t.mock.timers.tick(LIMITS.idleShutdownMs - 1);
  assert.equal(stops, 0);
  idleShutdown.sessionsChanged(1);
  idleShutdown.sessionsChanged(0);
  t.mock.timers.tick(LIMITS.idleShutdownMs);
  assert.equal(stops, 1);
});

test('it ends when nobody ever comes, but not if it is told to end before', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let stops = 0;
  new IdleShutdown(() => (stops += 1));
  new IdleShutdown(() => (stops += 10)).cancel();
  t.mock.timers.tick(LIMITS.idleShutdownFirstMs);
  assert.equal(stops, 1);
});
