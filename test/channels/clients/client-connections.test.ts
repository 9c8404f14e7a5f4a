// Client connections over real sockets: both transports, limits before the entry, slow readers.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { runServer } from '../../nameserver/test-server.js';
import { runChannelServer, until } from '../server.js';
import { TestClient } from '../test-client.js';

test('[CHAN-7] a WebSocket client and a TCP client receive all messages once, in order', async (t) => {
  const { port, tcpPort } = await runChannelServer(t);
  const alice = await TestClient.bySocket('alice', port).enter('lab');
  const bob = await TestClient.byLines('bobby', tcpPort, port).enter('lab');
  for (const text of ['one', 'two', 'three']) alice.say('lab', text);
  await bob.hears('three');
  bob.say('lab', 'four');
  await Promise.all([alice.hears('four'), bob.hears('four')]);
  for (const client of [alice, bob]) assert.deepEqual(client.texts('lab'), ['one', 'two', 'three', 'four']);
  alice.leave();
  bob.leave();
});

test('[CHAN-1] before the entry a frame has at most 4 KiB; after it a text of 16 KiB is accepted', async (t) => {
  const { port, tcpPort } = await runChannelServer(t);
  for (const open of [() => TestClient.bySocket('alice', port), () => TestClient.byLines('alice', tcpPort, port)]) {
    const stranger = open();
    await stranger.knock();
    stranger.sendText(' '.repeat(LIMITS.channelEntryFrameBytes + 2));
    assert.equal((await stranger.take('error')).code, 'MALFORMED');
    await until('the end', () => stranger.isGone);

    const alice = await open().enter('lab');
    const text = '"'.repeat(LIMITS.messageTextBytes);
    alice.say('lab', text);
    await alice.hears(text);
    alice.leave();
  }
});

test('[CHAN-1] a client that begins a large frame before its entry is cut before the frame is read', async (t) => {
  const { port, channels } = await runChannelServer(t);
  const greeting = ['GET /v1/channels HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', '\r\n'];
  const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0]); // a text of 192 KiB, masked with zeroes
  const socket = connect(port, '127.0.0.1', () => {
    socket.write([...greeting, ...key].join('\r\n'));
    socket.write(Buffer.concat([head, Buffer.alloc(LIMITS.channelEntryBytes, ' ')]));
  });
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  await until('a refusal', () => answer.includes('"code":"MALFORMED"'));
  socket.destroy();
  await until('their leaving', () => channels.numbers.clients === 0);
});

test('a message larger than any frame ends its connection and no other', async (t) => {
  const { port, tcpPort } = await runChannelServer(t);
  const bob = await TestClient.bySocket('bobby', port).enter('lab');
  for (const open of [() => TestClient.bySocket('alice', port), () => TestClient.byLines('alice', tcpPort, port)]) {
    const alice = await open().enter('lab');
    alice.sendText('x'.repeat(2 * LIMITS.sessionFrameBytes));
    await until('the end', () => alice.isGone);
  }
  bob.say('lab', 'still here');
  await bob.hears('still here');
  bob.leave();
});

test('[CHAN-12] a frame that is not JSON in UTF-8 is MALFORMED and ends the connection', async (t) => {
  const { port, tcpPort } = await runChannelServer(t);
  for (const open of [() => TestClient.bySocket('alice', port), () => TestClient.byLines('alice', tcpPort, port)]) {
    for (const text of ['{', '[]', '{"type":"dance"}']) {
      const client = await open().enter();
      client.sendText(text);
      assert.equal((await client.take('error')).code, 'MALFORMED');
      await until('the end', () => client.isGone);
    }
  }
});

test('[CHAN-11] a client that does not read is cut, and the others receive everything', async (t) => {
  const { port, channels } = await runChannelServer(t);
  const slow = await TestClient.bySocket('slow', port).enter('lab');
  const senders = await Promise.all([0, 1, 2, 3, 4].map((n) => TestClient.bySocket(`s${n}x`, port).enter('lab')));
  slow.stall();
  const text = '"'.repeat(LIMITS.messageTextBytes);
  const roundsMax = 40;
  for (let round = 0; channels.numbers.counts.slow_clients === 0 && round < roundsMax; round += 1) {
    for (const sender of senders) sender.say('lab', `${round}${text.slice(4)}`);
    for (const sender of senders) await sender.take('taken');
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (round >= 18) await new Promise((resolve) => setTimeout(resolve, 200)); // the pace of a client
  }
  assert.equal(channels.numbers.counts.slow_clients, 1);
  await until('their leaving', () => channels.numbers.clients === senders.length);
  for (const sender of senders) {
    await until('all heard', () => sender.texts('lab').length === senders[0]?.texts('lab').length);
    sender.leave();
  }
});

test('a transport that is off refuses connections with a reason', async (t) => {
  const lines = await runChannelServer(t, { doors: 'tcp' });
  const none = await runServer(t, { channels: false });
  assert.equal(none.channelHost.channels, null);
  const ask = async (port: number) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/channels`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const told = await ask(lines.port);
  assert.deepEqual([told.status, told.body['doors']], [200, { ws: false, tcp: lines.tcpPort }]);
  const off = await ask(none.port);
  assert.deepEqual([off.status, off.body['code']], [404, 'CHANNELS_OFF']);
  for (const { port } of [lines, none]) {
    const client = TestClient.bySocket('alice', port);
    await until('the end', () => client.isGone);
    assert.deepEqual(client.frames, []);
  }
  const bob = await TestClient.byLines('bobby', lines.tcpPort, lines.port).enter('lab');
  bob.leave();
  const sockets = await runChannelServer(t, { doors: 'ws' });
  assert.equal(sockets.channels.tcpPort, null);
});
