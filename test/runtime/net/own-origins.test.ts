// The origins that a server takes for its own: its machine, its certificate, its operator's list, and no other.

import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { OwnOrigins, parseOrigin } from '../../../runtime/net/own-origins.js';

const PLAIN = { certificate: null, host: '0.0.0.0', publicOrigins: [] };

function listening(options = PLAIN as ConstructorParameters<typeof OwnOrigins>[0]): OwnOrigins {
  const origins = new OwnOrigins(options);
  origins.listensAt(12_345);
  return origins;
}

test('the names of the machine are own, with the scheme and port of the listener', () => {
  const { includes } = listening({ ...PLAIN, host: '192.0.2.9' });
  const hosts = ['localhost', '127.0.0.1', '[::1]', hostname().toLowerCase(), '192.0.2.9'];
  for (const host of hosts) assert.ok(includes(`http://${host}:12345`), host);
  const foreign = ['http://evil.test:12345', 'https://localhost:12345', 'http://localhost:12346', 'http://localhost'];
  for (const origin of foreign) assert.equal(includes(origin), false, origin);
});

test('an origin that the operator names is own, exactly as named', () => {
  const { includes } = listening({ ...PLAIN, publicOrigins: ['https://kith.example'] });
  assert.ok(includes('https://kith.example'));
  assert.equal(includes('http://kith.example'), false);
  assert.equal(includes('https://kith.example:12345'), false);
});

test('a server with a certificate speaks only for https', () => {
  const { certificate } = makeCertificate(makeSigningKey());
  const { includes } = listening({ ...PLAIN, certificate });
  assert.ok(includes('https://localhost:12345'));
  assert.equal(includes('http://localhost:12345'), false);
});

test('before it listens, a server has only the origins that the operator names', () => {
  const origins = new OwnOrigins({ ...PLAIN, publicOrigins: ['https://kith.example'] });
  assert.ok(origins.includes('https://kith.example'));
  assert.equal(origins.includes('http://localhost:12345'), false);
});

test('a Host header names the server with any port, and no foreign name', () => {
  const { isOwnHost } = listening({ ...PLAIN, publicOrigins: ['https://kith.example'] });
  for (const header of ['localhost', 'localhost:80', '127.0.0.1:9', '[::1]:12345', 'kith.example', 'KITH.example:8443'])
    assert.ok(isOwnHost(header), header);
  for (const header of ['evil.test', 'localhost.evil.test', '', ':12345', 'a b', 'x@localhost/..', 'kith.example.'])
    assert.equal(isOwnHost(header), false, header);
});

test('a Host header is judged by itself, whatever the request before named', () => {
  const { isOwnHost } = listening(PLAIN);
  const headers = ['localhost', 'localhost', 'evil.test', 'evil.test', 'localhost', 'a b', 'localhost'];
  assert.deepEqual(headers.map(isOwnHost), [true, true, false, false, true, false, true]);
});

test('parseOrigin takes http and https addresses without a path', () => {
  assert.equal(parseOrigin('https://Kith.Example:443/'), 'https://kith.example');
  assert.equal(parseOrigin('http://kith.example:8080'), 'http://kith.example:8080');
  for (const text of ['kith.example', 'ftp://kith.example', 'https://kith.example/a', 'https://kith.example?a', ''])
    assert.equal(parseOrigin(text), null, text);
});
