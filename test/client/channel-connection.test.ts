// Which transport the client uses for channels, and what it reports if there is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelConnection } from '../../client/channel-connection.js';
import type { ChannelEndpoint } from '../../client/directory-client.js';
import type { Input } from '../../client/engine/core/io.js';
import { runChannelServer } from '../channels/server.js';
import { expected } from '../runtime/link/links.js';

/** The first input that the engine gets. */
async function heardFirst(
  server: string,
  doors: ChannelEndpoint,
): Promise<{ input: Input; connection: ChannelConnection }> {
  const heard = expected<Input>();
  const directory = { channelEndpoint: () => Promise.resolve(doors) };
  const connection = new ChannelConnection(7, { server, directory, put: (input) => heard.come(input) });
  return { input: await heard.value, connection };
}

test('a server without channels is refused finally, one that is away is not', async () => {
  const none = await heardFirst('http://127.0.0.1:1', { state: 'none' });
  assert.equal(none.input.type === 'channel_refused' && none.input.refusal.code, 'CHANNELS_OFF');
  const away = await heardFirst('http://127.0.0.1:1', { state: 'away', reason: 'nobody there' });
  assert.deepEqual(away.input, { type: 'channel_closed', connection: 7, reason: 'nobody there' });
});

test('the client connects by both transports', async (t) => {
  const { port, tcpPort } = await runChannelServer(t);
  for (const tcp of [null, tcpPort]) {
    const { input, connection } = await heardFirst(`http://127.0.0.1:${port}`, { state: 'open', tcp });
    assert.deepEqual(input, { type: 'channel_opened', connection: 7, exporter: null });
    connection.close();
  }
});

test('a connection that is closed before the server answers does not open', async () => {
  const answer = expected<ChannelEndpoint>();
  const connection = new ChannelConnection(7, {
    server: 'http://127.0.0.1:1',
    directory: { channelEndpoint: () => answer.value },
    put: () => assert.fail('no input is expected'),
  });
  connection.close();
  answer.come({ state: 'open', tcp: 1 });
  await new Promise((resolve) => setImmediate(resolve));
});
