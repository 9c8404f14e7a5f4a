// HMAC-SHA256 gives the tags of RFC 4231 and of the platform.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hmacSha256 } from '../../../../protocols/kit/sealing/hmac.js';
import { utf8 } from '../../../../protocols/kit/bytes.js';
import { primitives } from '../../../../runtime/crypto.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('the tags of RFC 4231, cases 1 and 2', () => {
  const one = hmacSha256(new Uint8Array(20).fill(0x0b), utf8('Hi There'), primitives);
  assert.equal(hex(one), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
  const two = hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?'), primitives);
  assert.equal(hex(two), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('the tags of the platform, for any key of up to 64 bytes', () => {
  const key = fc.uint8Array({ maxLength: 64 });
  fc.assert(
    fc.property(key, fc.uint8Array({ maxLength: 200 }), (secret, message) => {
      const theirs = createHmac('sha256', secret).update(message).digest('hex');
      assert.equal(hex(hmacSha256(secret, message, primitives)), theirs);
    }),
    { numRuns: 100 },
  );
});
