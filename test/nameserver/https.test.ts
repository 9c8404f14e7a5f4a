// Tests HTTPS: the same routes and WebSockets, and a one-line error for wrong certificate files.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { readConfig } from '../../nameserver/config.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { makeCertificate } from '../../runtime/link/certificate.js';
import { configOf, runServer, temporaryDirectory } from './test-server.js';
import { startNameServer } from '../../nameserver/server.js';
import { channelHello, sessionPath } from './session-offer.js';

function certificateFiles(t: TestContext) {
  const directory = temporaryDirectory(t);
  const { certificate, secret } = makeCertificate(makeSigningKey());
  const paths = { tlsCert: join(directory, 'cert.pem'), tlsKey: join(directory, 'key.pem') };
  writeFileSync(paths.tlsCert, certificate);
  writeFileSync(paths.tlsKey, secret);
  return paths;
}

/** The status of a GET by HTTPS. The certificate is self-signed. */
function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

/** The first frame after the connection opened; `says`: what the client sends before it. */
function firstFrame(url: string, says?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { rejectUnauthorized: false });
    socket.on('open', () => (says ? socket.send(JSON.stringify(says)) : undefined));
    socket.on('error', reject).on('message', (data: Buffer) => {
      resolve(data.toString());
      socket.terminate();
    });
  });
}

test('routes, sessions and channels are served by HTTPS, and nothing by HTTP', async (t) => {
  const { port } = await runServer(t, certificateFiles(t));
  assert.equal(await statusOf(port, '/healthz'), 200);
  assert.equal(await statusOf(port, '/v1/users/unknown'), 404);
  const place = `127.0.0.1:${port}`;
  assert.match(
    await firstFrame(`wss://${place}/v1/channels`, channelHello(`https://${place}`)),
    /"exporter\\":\\"[\w-]{43}/,
  );
  assert.match(await firstFrame(`wss://${place}${sessionPath(`https://${place}`)}`), /"exporter\\":\\"[\w-]{43}/);
  assert.match(await firstFrame(`wss://${place}${sessionPath(`http://${place}`)}`), /ORIGIN_FOREIGN/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

test('a certificate without a key, or a key without a certificate, is a problem', () => {
  for (const flags of [{ tlsCert: 'cert.pem' }, { tlsKey: 'key.pem' }, { tlsCert: '', tlsKey: 'key.pem' }]) {
    const config = readConfig(flags, {});
    assert.ok('problems' in config);
    assert.match(config.problems.join(), /^--tls-(cert|key) needs a value\.$/);
  }
});

test('missing, invalid or mismatched certificate files are reported in one line', async (t) => {
  const [one, other] = [certificateFiles(t), certificateFiles(t)];
  const nowhere = join(temporaryDirectory(t), 'none.pem');
  for (const [flags, says] of [
    [{ ...one, tlsKey: nowhere }, /none\.pem: there is no such file/],
    [{ ...one, tlsKey: other.tlsKey }, /these are not a certificate and its key/],
    [{ ...one, tlsCert: one.tlsKey }, /these are not a certificate and its key/],
  ] as const) {
    const log = { debug: none, info: none, warn: none, error: none };
    const around = { log, onFault: none, onIdle: none };
    await assert.rejects(startNameServer(configOf(temporaryDirectory(t), flags), around), says);
  }
});

const none = (): void => undefined;
