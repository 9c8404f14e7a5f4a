// A page and a terminal open each other's direct messages; no other key opens them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIRECT_MESSAGE_INFO } from '../../../protocols/channels/signed-objects.js';
import { signedBytes } from '../../../protocols/kit/signed.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../../runtime/crypto.js';
import { openLetter, sealLetter } from '../../../runtime/letter-encryption.js';
import { identityOf, makeKeys, sign, signatureHolds } from '../../../web/host/identity.js';
import { seal, unseal } from '../../../web/host/direct-message-cipher.js';

const TEXT = 'the key is under the mat 🗝';

test('a page opens a direct message of a terminal, and the reverse', async () => {
  const page = await identityOf(await makeKeys());
  const terminal = makeExchangeKey();
  const toTerminal = await seal(terminal.publicKey, TEXT);
  assert.equal(await openLetter(terminal, toTerminal ?? '', DIRECT_MESSAGE_INFO), TEXT);
  const toPage = await sealLetter(page.exchange, TEXT, DIRECT_MESSAGE_INFO);
  assert.equal(await unseal(page.opening, toPage ?? ''), TEXT);
});

test('a letter, a changed message and one for another key do not open', async () => {
  const [page, other] = await Promise.all([makeKeys(), makeKeys()].map(async (keys) => identityOf(await keys)));
  assert.ok(page && other);
  const body = (await seal(page.exchange, TEXT)) ?? '';
  const letter = (await sealLetter(page.exchange, TEXT, 'kith/letter/1')) ?? '';
  const changed = body.slice(0, -8) + (body.at(-8) === 'A' ? 'B' : 'A') + body.slice(-7);
  assert.equal(await unseal(page.opening, body), TEXT);
  for (const wrong of [letter, changed, body.slice(0, 40), '', 'ä'])
    assert.equal(await unseal(page.opening, wrong), null);
  assert.equal(await unseal(other.opening, body), null);
  assert.equal(await seal('A'.repeat(43), TEXT), null); // a key that gives no secret
  assert.equal(await seal('short', TEXT), null);
});

test('a signature of the page is valid for a server, and the reverse', async () => {
  const page = await identityOf(await makeKeys());
  const bytes = signedBytes('card', '{"a":1}');
  assert.ok(primitives.verify(bytes, await sign(page, bytes), page.key));
  const key = makeSigningKey();
  const signature = primitives.sign(bytes, key);
  assert.equal(await signatureHolds(bytes, signature, key.publicKey), true);
  assert.equal(await signatureHolds(signedBytes('entry', '{"a":1}'), signature, key.publicKey), false);
  assert.equal(await signatureHolds(bytes, signature, page.key), false);
});

test('a signature by a key of small order is invalid', async () => {
  const worthless = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]).toString('base64url');
  const signature = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString('base64url');
  assert.equal(await signatureHolds(signedBytes('card', '{}'), signature, worthless), false);
});

test('the keys of a page cannot be exported', async () => {
  const { signing, opening } = await makeKeys();
  for (const key of [signing.privateKey, opening.privateKey]) {
    assert.equal(key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey('pkcs8', key));
  }
});
