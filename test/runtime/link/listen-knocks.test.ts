// A listener that is knocked at: what an admitted caller gets, and what a dial does with other listeners.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { test } from 'node:test';
import { signRecord } from '../../../protocols/directory/record-signing.js';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { dialKnocking } from '../../../runtime/link/dial-link.js';
import type { LinkSocket } from '../../../runtime/link/link-socket.js';
import type { WaitingCaller } from '../../../runtime/link/listen-knocks.js';
import type { KnockTerms } from '../../../runtime/link/sealed-knock.js';
import { bob, knockAs, listenForKnocks } from './knocks.js';
import { expected, receivedOn, strangerMeets } from './links.js';

const PATIENT = { timeoutMs: 5_000 };

test('[LINK-22] [LINK-24] both ends of a link know the device of the other, and frames pass', async (context) => {
  const host = await listenForKnocks(context);
  const near = await dialKnocking({ endpoints: [host.endpoint], knock: knockAs(host.keys, bob), ...PATIENT });
  context.after(() => near.destroy());
  const far = await host.link;
  assert.deepEqual([near.peerKey, far.peerKey], [host.keys.device, bob.device.publicKey]);
  const [atNear, atFar] = [receivedOn(near), receivedOn(far)];
  near.send('hello');
  far.send('welcome');
  assert.deepEqual([await atFar.next(), await atNear.next()], ['hello', 'welcome']);
});

test('[LINK-22] the record is shown, and the largest one fits into a knock', async (context) => {
  const caller = expected<WaitingCaller>();
  const host = await listenForKnocks(context, { onCaller: (each) => (caller.come(each), each.admit()) });
  const keys = { identity: makeSigningKey(), device: makeSigningKey(), exchange: makeExchangeKey() };
  const devices = [{ device: keys.device, exchange: keys.exchange.publicKey, since: Number.MAX_SAFE_INTEGER }];
  const name = 'a'.repeat(32);
  const version = Number.MAX_SAFE_INTEGER;
  const fields = { name, version, identity: keys.identity, devices, previous: bob.device.publicKey, at: version };
  const record = signRecord(fields, primitives);
  const knock: KnockTerms = { device: keys.device, record, listener: host.keys };
  (await dialKnocking({ endpoints: [host.endpoint], knock, ...PATIENT })).destroy();
  const { device, purpose, ...shown } = await caller.value;
  assert.deepEqual([device, purpose, shown.record], [keys.device.publicKey, 'link', record]);
});

test('[LINK-20] silent connections do not displace an admitted caller', async (context) => {
  const links: LinkSocket[] = [];
  const host = await listenForKnocks(context, { onLink: (link) => links.push(link) });
  const knock = knockAs(host.keys, bob);
  const dial = async () => receivedOn(await dialKnocking({ endpoints: [host.endpoint], knock, ...PATIENT }));
  const admitted = await dial();
  while (links.length < 1) await nextTurn();
  for (let nth = 0; nth <= LIMITS.linkWaitingMax; nth += 1) connect(host.endpoint).on('error', () => undefined);
  while (host.refused.length === 0) await nextTurn();
  links[0]?.send('still here');
  assert.equal(await admitted.next(), 'still here');
});

test('[LINK-3] [LINK-24] a dial passes over an endpoint where another device answers the knock', async (context) => {
  const [right, wrong] = [await listenForKnocks(context), await listenForKnocks(context)];
  const endpoints = [wrong.endpoint, right.endpoint];
  const link = await dialKnocking({ endpoints, knock: knockAs(right.keys, bob), ...PATIENT });
  context.after(() => link.destroy());
  assert.equal(link.remote.port, right.endpoint.port);
});

test('[LINK-24] a listener that has only the exchange key of the dialled device is dropped', async (context) => {
  const exchange = makeExchangeKey();
  const thief = await listenForKnocks(context, { keys: { device: makeSigningKey(), exchange } });
  const listener = { device: makeSigningKey().publicKey, exchange: exchange.publicKey };
  const dialled = dialKnocking({ endpoints: [thief.endpoint], knock: knockAs(listener, bob), timeoutMs: 200 });
  await assert.rejects(dialled, /no answer in time/);
});

for (const [named, protocols] of [
  ['that names HTTP', { ALPNProtocols: ['http/1.1'] }],
  ['without ALPN', {}],
] as const) {
  test(`[LINK-25] a program ${named} is admitted by its certificate and gets what HTTP answers`, async (context) => {
    const served = expected<string>();
    const onHttp = (socket: TLSSocket, peerKey: string): void => {
      served.come(peerKey);
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    };
    const host = await listenForKnocks(context, { onHttp });
    const key = makeSigningKey();
    const { certificate, secret } = makeCertificate(key);
    const { heard } = await strangerMeets(host.endpoint.port, { cert: certificate, key: secret, ...protocols });
    assert.equal(await served.value, key.publicKey);
    assert.match(heard.toString(), /^HTTP\/1\.1 204/);
  });
}

test('a caller that left before it is admitted costs a link that ends at once, and no error', async (context) => {
  const caller = expected<WaitingCaller>();
  const handed: LinkSocket[] = [];
  const host = await listenForKnocks(context, { onCaller: caller.come, onLink: (link) => handed.push(link) });
  const underWay = new AbortController();
  const options = { endpoints: [host.endpoint], knock: knockAs(host.keys, bob), ...PATIENT };
  const dialled = dialKnocking({ ...options, signal: underWay.signal });
  const waiting = await caller.value;
  underWay.abort();
  await assert.rejects(dialled, /cancelled/);
  await host.listener.close();
  waiting.admit();
  for (const link of handed) await receivedOn(link).over;
});

test('a caller that is admitted twice is handed over once', async (context) => {
  const handed: LinkSocket[] = [];
  const onCaller = (caller: WaitingCaller): void => (caller.admit(), caller.admit());
  const host = await listenForKnocks(context, { onCaller, onLink: (link) => handed.push(link) });
  (await dialKnocking({ endpoints: [host.endpoint], knock: knockAs(host.keys, bob), ...PATIENT })).destroy();
  assert.equal(handed.length, 1);
});

test('bytes that are no TLS end the connection', async (context) => {
  const host = await listenForKnocks(context);
  const socket = connect(host.endpoint);
  socket.on('error', () => undefined);
  socket.write(encodeFrame('{"type":"hello"}'));
  await once(socket, 'close');
  assert.deepEqual(host.refused, ['handshake']);
});
