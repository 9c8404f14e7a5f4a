// The certificate is a well-formed one that tells nothing but the key.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSigningKey, rawPublicKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test('a certificate carries the key, is signed by it, and is the same each time', () => {
  const key = makeSigningKey();
  const made = makeCertificate(key);
  const parsed = new X509Certificate(made.certificate);
  assert.equal(rawPublicKey(parsed.publicKey), key.publicKey);
  assert.ok(parsed.verify(parsed.publicKey));
  assert.ok(!parsed.ca);
  assert.equal(makeCertificate(key).certificate, made.certificate);
});

test('openssl finds nothing wrong with certificates of many keys', { skip: !hasOpenssl }, (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'kith-certificate-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (let count = 0; count < 8; count += 1) {
    const path = join(directory, `${count}.pem`);
    writeFileSync(path, makeCertificate(makeSigningKey()).certificate);
    const result = spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', path, path], { encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
  }
});
