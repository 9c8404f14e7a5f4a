// Bounds of device changes: how long a leader waits for a member, how many devices count, what the member is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { GroupTestbed, SILENCE_MS } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

function devicesEntries(testbed: GroupTestbed): number {
  const entries = testbed.member('alice').log.entriesFrom(0);
  return entries.filter(({ entry }) => entry.op.do === 'devices').length;
}

test('[GROUP-47] a membership has at most 32 changes of devices', () => {
  const testbed = GroupTestbed.of(['alice', 'bob']);
  for (let nth = 0; nth < LIMITS.groupDevicesPerUser + 5; nth += 1) testbed.renew('bob');
  const changes = devicesEntries(testbed);
  assert.ok(changes > LIMITS.groupDevicesPerUser / 2 && changes <= LIMITS.groupDevicesPerUser, String(changes));
});

test('[GROUP-59] a message of a device that no member would hear is refused, and the user can leave', () => {
  const testbed = GroupTestbed.of(['alice', 'bob']);
  for (let nth = 1; nth < LIMITS.groupDevicesPerUser; nth += 1) testbed.renew('bob');
  testbed.settle();
  testbed.broadcast('bob', 'on the last device');
  testbed.settle();
  assert.deepEqual(testbed.visibleTo('alice'), ['on the last device']);
  testbed.renew('bob');
  testbed.settle();
  testbed.broadcast('bob', 'on one device more');
  assert.equal(testbed.effectsOf('bob', 'refused').at(-1)?.refusal.code, 'GROUP_DEVICES');
  const refusals = testbed.effectsOf('bob', 'refused').length;
  testbed.get('bob').execute({ type: 'leave', byVote: false });
  assert.equal(testbed.effectsOf('bob', 'refused').length, refusals);
});

test('[GROUP-47] the leader waits one silence period for a member that does not come', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('bob');
  testbed.get('bob').renew();
  testbed.get('alice').put({ type: 'record', signed: testbed.get('bob').record });
  testbed.settle();
  assert.ok(devicesEntries(testbed) === 0);
  testbed.advance(SILENCE_MS + 100);
  assert.ok(devicesEntries(testbed) > 0);
});
