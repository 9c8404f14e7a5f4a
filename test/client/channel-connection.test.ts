// Which way leads to the channels of a server, and what is told where none does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelConnection } from '../../client/channel-connection.js';
import type { ChannelEndpoint } from '../../client/directory-client.js';
import type { Input } from '../../client/engine/core/io.js';
import { runChannelServer } from '../channels/server.js';
import { expected } from '../runtime/link/links.js';

/** What the engine hears first. */
async function heardFirst(server: string, doors: ChannelEndpoint): Promise<{ input: Input; door: ChannelConnection }> {
  const heard = expected<Input>();
  const directory = { channelEndpoint: () => Promise.resolve(doors) };
  const door = new ChannelConnection(7, { server, directory, put: (input) => heard.come(input) });
  return { input: await heard.value, door };
}

test('a server without channels is refused for good, one that is away is not', async () => {
  const none = await heardFirst('http://127.0.0.1:1', { state: 'none' });
  assert.equal(none.input.type === 'door_refused' && none.input.refusal.code, 'CHANNELS_OFF');
  const away = await heardFirst('http://127.0.0.1:1', { state: 'away', reason: 'nobody there' });
  assert.deepEqual(away.input, { type: 'door_closed', door: 7, reason: 'nobody there' });
});

test('both doors of a server open', async (t) => {
  const { port, tcpPort } = await runChannelServer(t);
  for (const tcp of [null, tcpPort]) {
    const { input, door } = await heardFirst(`http://127.0.0.1:${port}`, { state: 'open', tcp });
    assert.deepEqual(input, { type: 'door_opened', door: 7 });
    door.close();
  }
});

test('a door that was given up before anybody answered opens no more', async () => {
  const answer = expected<ChannelEndpoint>();
  const door = new ChannelConnection(7, {
    server: 'http://127.0.0.1:1',
    directory: { channelEndpoint: () => answer.value },
    put: () => assert.fail('nobody wants to know'),
  });
  door.close();
  answer.come({ state: 'open', tcp: 1 });
  await new Promise((resolve) => setImmediate(resolve));
});
