// The socket of rooms: what comes in and goes out, and what cannot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindRoomSocket, resolveEndpoint } from '../../../runtime/net/room-socket.js';

const LOCAL = '127.0.0.1';

test('datagrams of any size arrive with the address they claim', async () => {
  const came: { from: string; length: number }[] = [];
  let done = (): void => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));
  const onDatagram = (from: string, bytes: Uint8Array) => {
    came.push({ from, length: bytes.length });
    if (came.length === 3) done();
  };
  const socket = await bindRoomSocket({ host: LOCAL, port: 0, onDatagram });
  for (const length of [0, 1_200, 20_000]) socket.send(socket.endpoint, new Uint8Array(length));
  await all;
  const from = `${LOCAL}:${socket.endpoint.port}`;
  assert.deepEqual(
    came,
    [0, 1_200, 20_000].map((length) => ({ from, length })),
  );
  await socket.close();
});

test('what cannot leave is counted, and a port that is taken is trouble', async () => {
  const socket = await bindRoomSocket({ host: LOCAL, port: 0, onDatagram: () => undefined });
  socket.send({ host: 'not an address', port: 1 }, new Uint8Array(1));
  assert.equal(socket.lost(), 1);
  const { port } = socket.endpoint;
  await assert.rejects(bindRoomSocket({ host: LOCAL, port, onDatagram: () => undefined }), /the port is in use/);
  await socket.close();
});

test('names are looked up once, addresses are taken as they are', async () => {
  assert.deepEqual(await resolveEndpoint({ host: 'localhost', port: 5 }), { host: LOCAL, port: 5 });
  assert.deepEqual(await resolveEndpoint({ host: '::1', port: 5 }), { host: '::1', port: 5 });
});
