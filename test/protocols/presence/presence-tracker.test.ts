// Tests the presence tracker: leases, pings, replacement, watches and lists.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { PresenceTracker, type PresenceEffect } from '../../../protocols/presence/presence-tracker.js';

const PING = LIMITS.sessionPingMs;
const LEASE = LIMITS.sessionLeaseMs;

function open(presence: PresenceTracker, session: number, name: string, { now = 0, device = `${name}-device` } = {}) {
  return presence.handle({ type: 'opened', session, name, device }, now);
}

function only(effects: PresenceEffect[], type: PresenceEffect['type']) {
  return effects.filter((effect) => effect.type === type);
}

test('[PRES-1] a user is online from the first session until the last one closes', () => {
  const presence = new PresenceTracker();
  open(presence, 1, 'alice', { device: 'phone' });
  open(presence, 2, 'alice', { device: 'laptop' });
  presence.handle({ type: 'closed', session: 1 }, 5);
  assert.equal(presence.isOnline('alice'), true);
  presence.handle({ type: 'closed', session: 2 }, 6);
  assert.equal(presence.isOnline('alice'), false);
});

test('[PRES-2] a closed session is offline at once', () => {
  const presence = new PresenceTracker();
  open(presence, 1, 'alice');
  assert.deepEqual(presence.handle({ type: 'closed', session: 1 }, 7), [
    { type: 'record_last_seen', name: 'alice', at: 7 },
  ]);
  assert.equal(presence.wakeAt(), null);
});

test('[PRES-3] a silent session is offline after its lease; each frame renews the lease', () => {
  const presence = new PresenceTracker();
  open(presence, 1, 'silent');
  open(presence, 2, 'lively');
  presence.handle({ type: 'frame_received', session: 2 }, 1_000);
  assert.deepEqual(only(presence.handle({ type: 'wake' }, LEASE - 1), 'ended'), []);
  assert.deepEqual(only(presence.handle({ type: 'wake' }, LEASE), 'ended'), [
    { type: 'ended', session: 1, why: 'expired' },
  ]);
  assert.deepEqual([presence.isOnline('silent'), presence.isOnline('lively')], [false, true]);
});

test('[PRES-4] every session is pinged every 15 s', () => {
  const presence = new PresenceTracker();
  open(presence, 1, 'alice', { now: 100 });
  assert.equal(presence.wakeAt(), 100 + PING);
  assert.deepEqual(presence.handle({ type: 'wake' }, 100 + PING), [{ type: 'ping', session: 1 }]);
  assert.equal(presence.wakeAt(), 100 + 2 * PING);
});

test('[PRES-5] a second session of a device replaces the first, and watchers are not notified', () => {
  const presence = new PresenceTracker();
  open(presence, 9, 'bob');
  presence.handle({ type: 'watch', session: 9, names: ['alice'] }, 0);
  open(presence, 1, 'alice');
  assert.deepEqual(open(presence, 2, 'alice', { now: 5 }), [{ type: 'ended', session: 1, why: 'replaced' }]);
  assert.deepEqual(presence.handle({ type: 'closed', session: 1 }, 6), []);
  assert.equal(presence.sessionOf('alice', 'alice-device'), 2);
});

test('[PRES-6] another device of the same user is another session', () => {
  const presence = new PresenceTracker();
  open(presence, 1, 'alice', { device: 'phone' });
  assert.deepEqual(open(presence, 2, 'alice', { device: 'laptop' }), []);
  assert.deepEqual(presence.sessionsOf('alice'), [1, 2]);
});

test('[PRES-7] a watcher is told the state whenever it asks, and each change after that', () => {
  const presence = new PresenceTracker();
  const tell = (online: boolean) => ({ type: 'notify', sessions: [9], name: 'alice', online });
  open(presence, 9, 'bob');
  const watch = () => presence.handle({ type: 'watch', session: 9, names: ['alice', 'alice'] }, 0);
  assert.deepEqual(watch(), [tell(false)]);
  assert.deepEqual(watch(), [tell(false)]);
  assert.deepEqual(only(open(presence, 1, 'alice'), 'notify'), [tell(true)]);
  assert.deepEqual(only(presence.handle({ type: 'closed', session: 1 }, 1), 'notify'), [tell(false)]);
  presence.handle({ type: 'closed', session: 9 }, 2);
  assert.deepEqual(only(open(presence, 2, 'alice'), 'notify'), []);
});

test('[PRES-8] the time last seen is stored before watchers are notified', () => {
  const presence = new PresenceTracker();
  open(presence, 9, 'bob');
  presence.handle({ type: 'watch', session: 9, names: ['alice'] }, 0);
  open(presence, 1, 'alice');
  presence.handle({ type: 'frame_received', session: 1 }, 123);
  presence.handle({ type: 'frame_received', session: 9 }, LEASE);
  const effects = presence.handle({ type: 'wake' }, LEASE + 123).filter(({ type }) => type !== 'ping');
  assert.deepEqual(effects, [
    { type: 'ended', session: 1, why: 'expired' },
    { type: 'record_last_seen', name: 'alice', at: 123 },
    { type: 'notify', sessions: [9], name: 'alice', online: false },
  ]);
});

test('[PRES-9] the watched names of a session are limited', () => {
  const presence = new PresenceTracker();
  open(presence, 1, 'bob');
  const names = Array.from({ length: LIMITS.watchedNamesPerSession + 5 }, (_, at) => `user${at}`);
  assert.equal(presence.handle({ type: 'watch', session: 1, names }, 0).length, LIMITS.watchedNamesPerSession);
  assert.deepEqual(presence.handle({ type: 'watch', session: 1, names: ['one-more'] }, 0), []);
});

test('[PRES-10] online users are listed in order and in pages', () => {
  const presence = new PresenceTracker();
  for (const [at, name] of ['dora', 'alice', 'carol', 'bob'].entries()) open(presence, at, name);
  presence.handle({ type: 'closed', session: 2 }, 0);
  assert.deepEqual(presence.page(null, 2), ['alice', 'bob']);
  assert.deepEqual(presence.page('bob', 2), ['dora']);
  assert.deepEqual(presence.page('b', 9), ['bob', 'dora']);
});

test('[PRES-7] after any sequence of inputs watchers know the true state', () => {
  const step = fc.record({
    type: fc.constantFrom('opened', 'closed', 'frame_received', 'wake'),
    who: fc.nat(3),
    after: fc.nat(LEASE),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (inputs) => {
      const presence = new PresenceTracker();
      const known = new Map<string, boolean>();
      const notified = (effects: PresenceEffect[]) => {
        for (const effect of effects) if (effect.type === 'notify') known.set(effect.name, effect.online);
      };
      const names = ['u0', 'u1', 'u2', 'u3'];
      open(presence, 0, 'watcher');
      notified(presence.handle({ type: 'watch', session: 0, names }, 0));
      const sessions = new Map<number, number>();
      let now = 0;
      for (const [at, { type, who, after }] of inputs.entries()) {
        now += after;
        presence.handle({ type: 'frame_received', session: 0 }, now);
        const session = sessions.get(who) ?? -1;
        if (type === 'opened') {
          sessions.set(who, at + 1);
          notified(open(presence, at + 1, `u${who}`, { now }));
        } else if (type === 'wake') notified(presence.handle({ type }, now));
        else notified(presence.handle({ type: type === 'closed' ? 'closed' : 'frame_received', session }, now));
        for (const name of names) assert.equal(known.get(name), presence.isOnline(name));
      }
    }),
  );
});
