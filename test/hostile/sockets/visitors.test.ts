// One network takes as many places in the channels of a server as it can. Others still get in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { codesOf, FakeClient, RelayTestbed } from '../../protocols/channels/relay/relay-testbed.js';

test('[LOAD-19] one network has a limited number of clients in channels', () => {
  const testbed = new RelayTestbed();
  for (let nth = 0; nth < LIMITS.channelClientsPerNetwork; nth += 1)
    testbed.enterFrom(`203.0.113.${nth % 256}`, new FakeClient(`m${nth}`));
  const refused = testbed.open('203.0.113.9');
  assert.deepEqual(codesOf(testbed.told(refused)), ['SERVER_BUSY']);
  assert.ok(testbed.isClosed(refused));
  testbed.enterFrom('198.51.100.1', new FakeClient('alice'), 'lake');
});
