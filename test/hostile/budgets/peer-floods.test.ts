// One network links with a server under many keys, and floods it over all these links.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { FakePeer } from '../../protocols/channels/relay/fake-peer.js';
import { RelayTestbed } from '../../protocols/channels/relay/relay-testbed.js';

test('[RELAY-10] many links of one network have one budget of frames, and other peers go on', () => {
  const testbed = new RelayTestbed();
  const hostile = Array.from(
    { length: 4 },
    (_, nth) => new FakePeer(testbed, `m${nth}`, { host: `203.0.113.${nth + 1}` }),
  );
  for (const peer of hostile)
    for (let count = 1; count < LIMITS.peerFramesBurst; count += 1) {
      peer.send({ type: 'pong' });
      testbed.effects.length = 0;
    }
  const read = hostile.length * LIMITS.peerFramesBurst - testbed.relay.counts.dropped_flood;
  assert.equal(read, LIMITS.peerFramesPerNetwork.burst);
  const honest = new FakePeer(testbed, 'honest', { host: '198.51.100.1' });
  const before = testbed.relay.counts.dropped_flood;
  honest.send({ type: 'ping' });
  assert.deepEqual(honest.received.at(-1), { type: 'pong' });
  assert.equal(testbed.relay.counts.dropped_flood, before);
});
