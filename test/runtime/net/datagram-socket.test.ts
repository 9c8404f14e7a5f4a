// Datagrams travel both ways over IPv4 and IPv6; what is too large, empty or has nowhere to go is dropped and counted.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { bindDatagrams } from '../../../runtime/net/datagram-socket.js';
import type { Endpoint } from '../../../runtime/net/endpoint.js';

/** A socket that keeps what it gets. */
async function bind(context: TestContext, host = '127.0.0.1', port = 0) {
  const got: { from: Endpoint; bytes: Uint8Array }[] = [];
  const counts = { dropped: 0 };
  const socket = await bindDatagrams({
    ...{ host, port },
    onDatagram: (from, bytes) => got.push({ from, bytes: Uint8Array.from(bytes) }),
    onDropped: () => (counts.dropped += 1),
  });
  context.after(() => socket.close());
  const arrival = async () => {
    while (got.length === 0) await nextTurn();
    return got.shift();
  };
  return { socket, endpoint: socket.endpoint, arrival, got, counts };
}

test('a datagram arrives with the address it came from', async (context) => {
  const [near, far] = [await bind(context), await bind(context)];
  near.socket.send(far.endpoint, Uint8Array.of(1, 2, 3));
  assert.deepEqual(await far.arrival(), { from: near.endpoint, bytes: Uint8Array.of(1, 2, 3) });
});

test('a socket for both families talks to IPv4 by plain addresses', async (context) => {
  const [near, far] = [await bind(context), await bind(context, '::')];
  const there = { host: '127.0.0.1', port: far.endpoint.port };
  near.socket.send(there, Uint8Array.of(1));
  assert.deepEqual((await far.arrival())?.from, near.endpoint);
  far.socket.send(near.endpoint, Uint8Array.of(2));
  assert.deepEqual(await near.arrival(), { from: there, bytes: Uint8Array.of(2) });
});

test('what is empty or larger than a datagram may be is dropped on arrival', async (context) => {
  const far = await bind(context);
  const stranger = createSocket('udp4');
  context.after(() => stranger.close());
  stranger.send(new Uint8Array(0), far.endpoint.port, '127.0.0.1');
  stranger.send(new Uint8Array(LIMITS.datagramBytes + 1), far.endpoint.port, '127.0.0.1');
  stranger.send(new Uint8Array(LIMITS.datagramBytes), far.endpoint.port, '127.0.0.1');
  assert.equal((await far.arrival())?.bytes.length, LIMITS.datagramBytes);
  assert.equal(far.counts.dropped, 2);
});

test('what has nowhere to go is dropped without a throw', async (context) => {
  const near = await bind(context);
  const to = { host: '127.0.0.1', port: 9 };
  near.socket.send({ ...to, host: 'example.invalid' }, Uint8Array.of(1));
  near.socket.send({ ...to, port: 0 }, Uint8Array.of(1));
  near.socket.send({ ...to, port: 70_000 }, Uint8Array.of(1));
  near.socket.send(to, new Uint8Array(LIMITS.datagramBytes + 1));
  near.socket.send({ host: '::1', port: 9 }, Uint8Array.of(1)); // an IPv4 socket cannot
  while (near.counts.dropped < 5) await nextTurn();
});

test('a port that is taken is refused in one line', async (context) => {
  const near = await bind(context);
  await assert.rejects(bind(context, '127.0.0.1', near.endpoint.port), /the port is in use/);
});
