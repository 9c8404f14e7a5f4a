// The HTTP side of the listener: who is slow, oversized or one too many is cut off.

import assert from 'node:assert/strict';
import { connect, type TLSSocket } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { HttpListener, type OnRequest } from '../../../runtime/transfer/http-listener.js';
import { listenForKnocks } from '../link/knocks.js';

const PATIENCE = { requestMs: 100, idleMs: 150 };
/** After so many the request is whole, and a door with too much patience answers it. */
const DROPS = 100;
const mine = makeCertificate(makeSigningKey());

/** A client's end of a connection to a door, and all that came over it once it is closed. */
async function reach(
  context: TestContext,
  onRequest: OnRequest,
): Promise<{ socket: TLSSocket; heard: Promise<string> }> {
  const door = new HttpListener(onRequest, PATIENCE);
  context.after(() => door.close());
  const { endpoint } = await listenForKnocks(context, {
    onHttp: (socket, peerKey) => {
      if (!door.accept(socket, peerKey)) socket.destroy();
    },
  });
  return dial(endpoint);
}

function dial(endpoint: { host: string; port: number }): Promise<{ socket: TLSSocket; heard: Promise<string> }> {
  const terms = { cert: mine.certificate, key: mine.secret, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
  const socket = connect({ ...terms, ...endpoint });
  const heard = new Promise<string>((settle) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.once('close', () => settle(text));
  });
  return new Promise((settle) => socket.once('secureConnect', () => settle({ socket, heard })));
}

const answer: OnRequest = (_, response, peerKey) => void response.end(peerKey);

test('[POST-17] a request is answered, and the certificate’s key is known', async (t) => {
  const { socket, heard } = await reach(t, answer);
  socket.write('GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.match(await heard, new RegExp(`^HTTP/1\\.1 200 [^]*${mine.publicKey}$`));
});

test('[POST-18] a request that is slow to come is cut off', async (t) => {
  const { socket, heard } = await reach(t, answer);
  socket.write('GET /x HTTP/1.1\r\nHost:');
  let drops = 0;
  const dripping = setInterval(() => socket.write((drops += 1) < DROPS ? ' ' : 'x\r\n\r\n'), 10);
  const text = await heard;
  clearInterval(dripping);
  assert.doesNotMatch(text, /200/);
});

test('[POST-18] a silent peer is cut off', async (t) => {
  const { heard } = await reach(t, answer);
  assert.doesNotMatch(await heard, /200/);
});

test('[POST-18] a peer that does not read is cut off', async (t) => {
  let closed: () => void = () => undefined;
  const isClosed = new Promise<void>((settle) => (closed = settle));
  const endless: OnRequest = (_, response) => {
    response.once('close', closed);
    response.writeHead(200, { 'Content-Length': 1e12 });
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 18)));
      response.once('drain', more);
    };
    more();
  };
  const { socket, heard } = await reach(t, endless);
  socket.pause();
  socket.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
  await isClosed;
  socket.resume();
  await heard;
});

test('[POST-18] a head that is too long is cut off', async (t) => {
  const { socket, heard } = await reach(t, answer);
  socket.write(`GET /x HTTP/1.1\r\nX: ${'x'.repeat(LIMITS.postHeaderBytes)}\r\n\r\n`);
  assert.doesNotMatch(await heard, /200/);
});

test('[POST-18] one peer has a few connections, not all of them', async (t) => {
  const door = new HttpListener(answer);
  t.after(() => door.close());
  const entered: boolean[] = [];
  const { endpoint } = await listenForKnocks(t, {
    onHttp: (socket, peerKey) => {
      entered.push(door.accept(socket, peerKey));
      if (entered.at(-1) !== true) socket.destroy();
    },
  });
  for (let k = 0; k <= LIMITS.postConnectionsPerPeer; k += 1) await dial(endpoint);
  while (entered.length <= LIMITS.postConnectionsPerPeer) await new Promise((settle) => setImmediate(settle));
  assert.deepEqual(
    entered,
    Array.from({ length: LIMITS.postConnectionsPerPeer + 1 }, (_, k) => k < LIMITS.postConnectionsPerPeer),
  );
});
