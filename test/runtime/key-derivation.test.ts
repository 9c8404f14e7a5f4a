// Keys of passphrases: as RFC 7914 has it, and off the main thread.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { deriveKey, scryptMemoryBytes } from '../../runtime/key-derivation.js';

test('a key is that of RFC 7914', async () => {
  const cost = { costLog2: 10, blocks: 8, lanes: 16 };
  const key = await deriveKey('password', Buffer.from('NaCl'), cost, 64);
  assert.equal(
    Buffer.from(key).toString('hex'),
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
      '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
  );
});

test('what backups use takes 128 MiB, and fits what readers give', async () => {
  const cost = { costLog2: LIMITS.scryptCostLog2, blocks: LIMITS.scryptBlockSize, lanes: LIMITS.scryptParallelism };
  assert.equal(scryptMemoryBytes(cost), 128 * 2 ** 20);
  assert.ok(scryptMemoryBytes(cost) <= LIMITS.scryptMemoryBytes);
  assert.equal((await deriveKey('correct horse', new Uint8Array(16), cost, 48)).length, 48);
});
