// Strangers at the port of a client: they learn nothing of its owner, and silent ones do not keep a friend out.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { dialKnocking } from '../../../runtime/link/dial-link.js';
import type { WaitingCaller } from '../../../runtime/link/listen-knocks.js';
import { sealKnock, type KnockTerms } from '../../../runtime/link/sealed-knock.js';
import { makeTestIdentity } from '../../fuzz/wire/test-identity.js';
import { bob, knockAs, listenForKnocks, type KnockHost } from '../../runtime/link/knocks.js';
import { P256, receivedOn } from '../../runtime/link/links.js';
import { rawSockets } from '../peers/raw-sockets.js';

const PROTOCOLS = ['kith/2', 'kith-posts/1', 'http/1.1'];

async function friendGetsIn(host: KnockHost): Promise<void> {
  const link = await dialKnocking({ endpoints: [host.endpoint], knock: knockAs(host.keys, bob), timeoutMs: 10_000 });
  receivedOn(link);
  assert.equal(link.peerKey, host.keys.device);
  link.destroy();
}

interface Visit {
  readonly socket: TLSSocket;
  /** What the port sent in the end. */
  readonly received: Promise<Buffer>;
}

/** A connection after TLS. It sends `bytes` and stays. */
async function visit(t: TestContext, { endpoint }: KnockHost, options: ConnectionOptions): Promise<Visit> {
  const socket = connect({ ...endpoint, rejectUnauthorized: false, ...options });
  const chunks: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const received = once(socket, 'close').then(() => Buffer.concat(chunks));
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return { socket, received };
}

/** A listener that admits bob only, and what callers proved to it. */
async function listenForBob(t: TestContext): Promise<{ host: KnockHost; proven: WaitingCaller[] }> {
  const proven: WaitingCaller[] = [];
  const onCaller = (caller: WaitingCaller): void => {
    proven.push(caller);
    if (caller.device === bob.device.publicKey) caller.admit();
  };
  return { host: await listenForKnocks(t, { onCaller }), proven };
}

function certified({ certificate, secret } = makeCertificate(makeSigningKey())): ConnectionOptions {
  return { cert: certificate, key: secret };
}

async function knockBytes(socket: TLSSocket, terms: KnockTerms): Promise<Uint8Array> {
  const knock = await sealKnock(socket, terms);
  assert.ok(knock);
  return knock.bytes;
}

/** Waits until the listener has judged everything that was sent before, and ends its patience. */
async function endOfPatience(t: TestContext, host: KnockHost): Promise<void> {
  await friendGetsIn(host);
  t.mock.timers.tick(LIMITS.linkHandshakeMs);
}

test('[LINK-21] the certificate has no name, no key of the owner and nothing that returns', async (t) => {
  const { host } = await listenForBob(t);
  const shown: { key: string; certificate: string }[] = [];
  for (const protocol of [...PROTOCOLS, ...PROTOCOLS]) {
    const { socket } = await visit(t, host, { ALPNProtocols: [protocol] });
    const certificate = socket.getPeerX509Certificate();
    assert.ok(certificate);
    const key = certificate.publicKey.export({ format: 'jwk' }).x ?? '';
    shown.push({ key, certificate: certificate.raw.toString('latin1') });
  }
  const keys = new Set(shown.map(({ key }) => key));
  assert.equal(keys.size, shown.length);
  for (const own of [host.keys.device, host.keys.exchange]) {
    assert.ok(!keys.has(own));
    for (const { certificate } of shown)
      assert.ok(!certificate.includes(Buffer.from(own, 'base64url').toString('latin1')));
  }
  // Without its key and its signature, a certificate is the same for every owner and every connection.
  const [one, other] = await Promise.all(
    [listenForKnocks(t), listenForKnocks(t)].map(async (each) => bareOf(t, await each)),
  );
  assert.equal(one, other);
});

/** The certificate that a port shows, without what its key changes. */
async function bareOf(t: TestContext, host: KnockHost): Promise<string> {
  const { socket } = await visit(t, host, { ALPNProtocols: ['kith/2'] });
  const certificate = socket.getPeerX509Certificate();
  assert.ok(certificate);
  const { subject, issuer, validFrom, validTo, subjectAltName, raw } = certificate;
  return JSON.stringify([subject, issuer, validFrom, validTo, subjectAltName, raw.length]);
}

const stranger = makeTestIdentity('mallory');

/** What a caller sends that the listener must not answer, for a connection of each protocol. */
const KNOCKS: Record<string, (socket: TLSSocket, host: KnockHost) => Promise<Uint8Array>> = {
  nothing: () => Promise.resolve(new Uint8Array()),
  'bytes that are no frame': () => Promise.resolve(Buffer.from('GET / HTTP/1.1\r\nHost: alice\r\n\r\n')),
  'a frame without end': () => Promise.resolve(Buffer.concat([Buffer.alloc(4, 0xff), Buffer.alloc(9_000)])),
  'a hello instead of a knock': () => Promise.resolve(encodeFrame('{"type":"hello"}')),
  'the knock of a stranger': (socket, { keys }) => knockBytes(socket, knockAs(keys, stranger)),
  'a knock of a stranger that shows the record of bob': (socket, { keys }) =>
    knockBytes(socket, knockAs(keys, { ...stranger, record: bob.record })),
  'a knock of bob at another device': (socket, { keys }) =>
    knockBytes(socket, knockAs({ ...keys, device: stranger.device.publicKey }, bob)),
  'a knock of bob that is sealed to another key': (socket, { keys }) =>
    knockBytes(socket, knockAs({ ...keys, exchange: stranger.exchange.publicKey }, bob)),
  'bytes after the knock of bob': async (socket, { keys }) =>
    Buffer.concat([await knockBytes(socket, knockAs(keys, bob)), encodeFrame('{"type":"ping"}')]),
};

test('[LINK-23] [LINK-20] every caller that is not admitted gets silence, and the same end', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { host } = await listenForBob(t);
  const visits: Visit[] = [];
  for (const shown of [{}, P256, certified()]) visits.push(await visit(t, host, shown)); // without ALPN
  for (const protocol of PROTOCOLS) {
    for (const shown of [{}, P256, certified()])
      visits.push(await visit(t, host, { ...shown, ALPNProtocols: [protocol] }));
    for (const bytesFor of Object.values(KNOCKS)) {
      const each = await visit(t, host, { ALPNProtocols: [protocol] });
      each.socket.write(await bytesFor(each.socket, host));
      visits.push(each);
    }
  }
  await friendGetsIn(host);
  assert.ok(visits.every(({ socket }) => !socket.destroyed && !socket.readableEnded));
  await endOfPatience(t, host);
  for (const received of await Promise.all(visits.map((each) => each.received))) assert.equal(received.length, 0);
});

test('[LINK-22] [LINK-23] a knock that is relayed or replayed proves nothing on another connection', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { host, proven } = await listenForBob(t);
  const terms = { ALPNProtocols: ['kith/2'] };
  const original = await visit(t, host, terms);
  const held = await visit(t, host, terms);
  const bytes = await knockBytes(original.socket, knockAs(host.keys, bob));
  const unsent = await knockBytes(held.socket, knockAs(host.keys, bob));
  original.socket.write(bytes);
  await once(original.socket, 'data');
  assert.equal(proven.length, 1);
  const [replayed, relayed] = [await visit(t, host, terms), await visit(t, host, terms)];
  replayed.socket.write(bytes);
  relayed.socket.write(unsent);
  await endOfPatience(t, host);
  for (const { received } of [replayed, relayed]) assert.equal((await received).length, 0);
  assert.equal(proven.length, 2, 'the original, and the friend that came last');
});

test('[LINK-22] a listener that the dialler did not mean reads nothing of the knock', async (t) => {
  const { host, proven } = await listenForBob(t);
  const mallory = { device: stranger.device, exchange: stranger.exchange };
  const impostor = await listenForKnocks(t, { keys: mallory, onCaller: (caller) => proven.push(caller) });
  const knock = knockAs(host.keys, bob);
  await assert.rejects(dialKnocking({ endpoints: [impostor.endpoint], knock, timeoutMs: 200 }), /no answer in time/);
  assert.equal(proven.length, 0);
});

test('[LINK-20] twice as many silent connections as may wait do not keep a friend out', async (t) => {
  const host = await listenForKnocks(t);
  await rawSockets(t, host.endpoint.port, 2 * LIMITS.linkWaitingMax);
  await friendGetsIn(host);
});

test('[LINK-20] as many strangers that finish TLS and never knock do not keep a friend out', async (t) => {
  const host = await listenForKnocks(t);
  const terms = { ...certified(), ALPNProtocols: ['kith/2'] };
  for (let count = 0; count < LIMITS.linkWaitingMax + 8; count += 8)
    await Promise.all(Array.from({ length: 8 }, () => visit(t, host, terms)));
  await friendGetsIn(host);
});
