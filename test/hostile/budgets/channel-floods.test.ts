// Thousands of clients of one network, each within its own rate, make a server deliver without end in channels:
// messages to a channel that is full of them, direct messages to one key with many connections, joins and parts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { codesOf, FakeClient, RelayTestbed } from '../../protocols/channels/relay/relay-testbed.js';

const CLIENTS = 600;
/** A message is charged for at least its receivers. */
const MESSAGES_MAX = LIMITS.channelDeliveriesPerNetwork.burst / CLIENTS;

function hostileClients(testbed: RelayTestbed, who: (nth: number) => FakeClient, ...channels: string[]) {
  return Array.from({ length: CLIENTS }, (_, nth) => {
    const client = who(nth);
    return { client, number: testbed.enterFrom(`203.0.113.${nth % 256}`, client, ...channels) };
  });
}

/** Each client says as much as its own rate allows. Returns how many messages the server accepted. */
function flood(testbed: RelayTestbed, say: (nth: number) => void): number {
  for (let round = 0; round < LIMITS.channelMessagesBurst; round += 1)
    for (let nth = 0; nth < CLIENTS; nth += 1) say(nth);
  return testbed.relay.counts.said;
}

test('[CHAN-13] one network cannot make the server deliver to its own clients without end', () => {
  const testbed = new RelayTestbed();
  const clients = hostileClients(testbed, (nth) => new FakeClient(`m${nth}`), 'lake');
  const accepted = flood(testbed, (nth) => {
    const { client, number } = clients[nth] ?? assert.fail();
    testbed.say(number, client.says('lake', 'x'));
    testbed.effects.length = 0;
  });
  assert.ok(accepted > 0 && accepted <= MESSAGES_MAX, `${accepted} messages were accepted`);
  assert.ok(codesOf(testbed.told(clients.at(-1)?.number ?? 0)).includes('CHANNEL_TOO_FAST'));
  const alice = new FakeClient('alice');
  const number = testbed.enterFrom('198.51.100.1', alice, 'garden');
  testbed.say(number, alice.says('garden', 'hello'));
  assert.equal(testbed.relay.counts.said, accepted + 1);
});

test('[CHAN-13] direct messages to a key with many connections count for each of them', () => {
  const testbed = new RelayTestbed();
  const key = new FakeClient('mallory').key;
  const clients = hostileClients(testbed, (nth) => new FakeClient('mallory', lifeOf(nth)));
  const accepted = flood(testbed, (nth) => {
    const { client, number } = clients[nth] ?? assert.fail();
    testbed.direct(number, client.sendsDirect(key, 'AAAA'));
    testbed.effects.length = 0;
  });
  assert.ok(accepted > 0 && accepted <= MESSAGES_MAX, `${accepted} messages were accepted`);
});

test('[CHAN-13] clients that join and part again and again are disconnected', () => {
  const testbed = new RelayTestbed();
  const clients = Array.from({ length: 200 }, (_, nth) =>
    testbed.enterFrom(`203.0.113.${nth}`, new FakeClient(`m${nth}`), 'lake'),
  );
  for (let round = 0; round < 45; round += 1)
    for (const client of clients) {
      testbed.frame(client, { type: 'part', channel: 'lake' });
      testbed.frame(client, { type: 'join', channel: 'lake' });
      testbed.told(client);
    }
  assert.ok(clients.some((client) => testbed.isClosed(client)));
  testbed.enterFrom('198.51.100.1', new FakeClient('alice'), 'lake');
});

function lifeOf(nth: number): string {
  return `${String(nth).padStart(21, 'A')}A`;
}
