// Tests the shutdown of an idle server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { IdleShutdown } from '../../nameserver/idle-shutdown.js';

test('the server stops shortly after the last session, and not during one', (t) => {
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

test('the server stops if no session ever opens, unless the shutdown is cancelled', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let stops = 0;
  new IdleShutdown(() => (stops += 1));
  new IdleShutdown(() => (stops += 10)).cancel();
  t.mock.timers.tick(LIMITS.idleShutdownFirstMs);
  assert.equal(stops, 1);
});
