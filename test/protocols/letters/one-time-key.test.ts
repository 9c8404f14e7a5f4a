// One-time keys: signed by their device, for one letter key, and read as nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signLetterKey } from '../../../protocols/letters/letter-key.js';
import { readOneTimeKey, signOneTimeKey } from '../../../protocols/letters/one-time-key.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../../runtime/crypto.js';

const device = makeSigningKey();
const other = makeSigningKey();
const beside = { device: device.publicKey, number: 3, key: makeExchangeKey().publicKey, at: 7 };
const single = { ...beside, key: makeExchangeKey().publicKey };

test('[LETTER-18] a one-time key is read back if its device signed it for this letter key, and only then', () => {
  assert.deepEqual(readOneTimeKey(signOneTimeKey(single, device, primitives), beside, primitives), single);
  const refused = [
    signOneTimeKey(single, other, primitives),
    signOneTimeKey({ ...single, device: other.publicKey }, device, primitives),
    signOneTimeKey({ ...single, number: 2 }, device, primitives),
    signLetterKey(single, device, primitives),
    signOneTimeKey({ ...single, more: 'x'.repeat(LIMITS.letterKeyBytes) } as typeof single, device, primitives),
  ];
  for (const signed of refused) assert.equal(readOneTimeKey(signed, beside, primitives), null);
});
