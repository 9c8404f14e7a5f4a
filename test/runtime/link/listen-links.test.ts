// A peer without mutual TLS 1.3 and an Ed25519 certificate gets nothing, and costs little.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { dialLink } from '../../../runtime/link/dial-link.js';
import type { LinkSocket } from '../../../runtime/link/link-socket.js';
import { receivedOn, listen, P256, strangerMeets } from './links.js';

function ours() {
  const { certificate, secret } = makeCertificate(makeSigningKey());
  return { cert: certificate, key: secret };
}

const KITH = { ALPNProtocols: ['kith-peer/1'] };

test('without a certificate nothing is answered', async (context) => {
  const host = await listen(context);
  const { heard } = await strangerMeets(host.endpoint.port, KITH);
  assert.equal(heard.length, 0);
  assert.equal(await host.refusal, 'certificate');
});

test('a certificate of another algorithm is not answered', async (context) => {
  const host = await listen(context);
  const { heard } = await strangerMeets(host.endpoint.port, { ...KITH, ...P256 });
  assert.equal(heard.length, 0);
  assert.equal(await host.refusal, 'certificate');
});

test('older versions of TLS are not spoken', async (context) => {
  const host = await listen(context);
  await strangerMeets(host.endpoint.port, { ...KITH, ...ours(), maxVersion: 'TLSv1.2' as const });
  assert.equal(await host.refusal, 'handshake');
});

test('no protocol, or one we do not know, is refused', async (context) => {
  const host = await listen(context);
  await strangerMeets(host.endpoint.port, ours());
  await strangerMeets(host.endpoint.port, { ...ours(), ALPNProtocols: ['h2'] });
  await strangerMeets(host.endpoint.port, { ...ours(), ALPNProtocols: ['http/1.1'] });
  while (host.refused.length < 3) await nextTurn();
  assert.deepEqual(host.refused.toSorted(), ['handshake', 'handshake', 'protocol']);
});

test('nothing is resumed: a second connection shows its certificate again', async (context) => {
  const links: LinkSocket[] = [];
  const host = await listen(context, { onLink: (link) => (links.push(link), link.close()) });
  const terms = { ...ours(), ...KITH };
  const tickets: Buffer[] = [];
  const first = connectTls({ ...terms, host: '127.0.0.1', port: host.endpoint.port, rejectUnauthorized: false });
  first.on('session', (ticket: Buffer) => tickets.push(ticket));
  first.resume();
  await once(first, 'close');
  const session = tickets.at(-1) ?? first.getSession();
  const { socket } = await strangerMeets(host.endpoint.port, { ...terms, ...(session ? { session } : {}) });
  assert.equal(links.length, 2);
  assert.ok(!socket.isSessionReused());
});

test('bytes that are no TLS end the connection', async (context) => {
  const host = await listen(context);
  const socket = connect(host.endpoint.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(await host.refusal, 'handshake');
});

test('[LINK-20] silent connections displace the oldest of their own network, and end in time', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const host = await listen(context);
  const sockets = Array.from({ length: LIMITS.linkWaitingMax + 3 }, () => connect(host.endpoint));
  let open = sockets.length;
  for (const socket of sockets) {
    socket.on('error', () => undefined);
    socket.on('close', () => (open -= 1));
    socket.resume();
  }
  const crowded = (): number => host.refused.filter((why) => why === 'crowded').length;
  while (crowded() < 3 || open > LIMITS.linkWaitingMax) await nextTurn();
  assert.equal(crowded(), 3);
  const certificate = makeCertificate(makeSigningKey());
  const link = await dialLink({ endpoints: [host.endpoint], certificate, timeoutMs: 5_000 });
  receivedOn(link);
  context.mock.timers.tick(LIMITS.linkHandshakeMs);
  while (open > 0) await nextTurn();
  link.destroy();
});

test('[LINK-20] a peer with a certificate and no hello can be displaced, an admitted one cannot', async (context) => {
  const links: LinkSocket[] = [];
  const host = await listen(context, { onLink: (link) => links.push(link) });
  const dial = async () => {
    const certificate = makeCertificate(makeSigningKey());
    return receivedOn(await dialLink({ endpoints: [host.endpoint], certificate, timeoutMs: 5_000 }));
  };
  const admitted = await dial();
  const waiting = await dial();
  while (links.length < 2) await nextTurn();
  links[0]?.admit();
  for (let nth = 0; nth <= LIMITS.linkWaitingMax; nth += 1) connect(host.endpoint).on('error', () => undefined);
  await waiting.over;
  assert.equal(host.refused[0], 'crowded');
  links[0]?.send('still here');
  assert.equal(await admitted.next(), 'still here');
});

test('a port that is taken is refused in one line with advice', async (context) => {
  const host = await listen(context);
  await assert.rejects(
    listen(context, { port: host.endpoint.port }),
    /127\.0\.0\.1:\d+: the port is in use\. Stop the program that has it, or choose another port/,
  );
});

test('close breaks off what is open and gives the port back', async (context) => {
  const host = await listen(context);
  const certificate = makeCertificate(makeSigningKey());
  const link = await dialLink({ endpoints: [host.endpoint], certificate, timeoutMs: 5_000 });
  const { over } = receivedOn(link);
  await host.listener.close();
  await over;
  await listen(context, { port: host.endpoint.port });
});
