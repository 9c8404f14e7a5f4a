// Random ids: the shape that frames demand, and the same id for the same bytes, so that seeds replay.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64url, toBase64url } from '../../../protocols/kit/bytes.js';
import type { RandomSource } from '../../../protocols/kit/primitives.js';
import { randomId } from '../../../protocols/kit/random-id.js';
import { compileShape, IdText } from '../../../protocols/kit/shapes.js';
import { random } from '../../../runtime/sources.js';

const idShape = compileShape(IdText);

test('an id has the shape of ids and decodes to 16 bytes', () => {
  for (let nth = 0; nth < 200; nth += 1) {
    const id = randomId(random);
    assert.ok(idShape.accepts(id), id);
    assert.equal(fromBase64url(id)?.length, 16, id);
  }
});

test('an id is the encoding of exactly the 16 bytes that were drawn', () => {
  const drawn: Uint8Array[] = [];
  const recorded: RandomSource = {
    fraction: () => 0,
    bytes: (length) => {
      const bytes = random.bytes(length);
      drawn.push(bytes);
      return bytes;
    },
  };
  const ids = Array.from({ length: 50 }, () => randomId(recorded));
  assert.deepEqual(ids, drawn.map(toBase64url));
  assert.equal(new Set(ids).size, 50);
});
