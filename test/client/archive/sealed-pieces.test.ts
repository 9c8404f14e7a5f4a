// A sealed stream gives back the plain bytes up to the first damaged piece, and nothing after it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackupError } from '../../../client/archive/backup-error.js';
import { sealPieces, openPieces } from '../../../client/archive/sealed-pieces.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const PIECE = LIMITS.backupPieceBytes;
const SEAL = { key: new Uint8Array(32).fill(7), header: Buffer.from('header') };

async function* of(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const taken: Uint8Array[] = [];
  for await (const piece of pieces) taken.push(piece);
  return taken;
}

/** Three sealed pieces with different content. */
async function three(): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
  const plain = [1, 2].map((value) => new Uint8Array(PIECE).fill(value));
  return (await all(sealPieces(of(...plain, Uint8Array.of(3)), SEAL))) as [Uint8Array, Uint8Array, Uint8Array];
}

async function opens(pieces: Uint8Array[], seal = SEAL): Promise<boolean> {
  try {
    await all(openPieces(of(...pieces), seal));
    return true;
  } catch (error) {
    assert.ok(error instanceof BackupError && error.code === 'BACKUP_DAMAGED', String(error));
    return false;
  }
}

test('a stream comes back, whatever the sizes of its parts', async () => {
  for (const sizes of [[], [0], [1], [PIECE], [PIECE + 1], [PIECE - 1, 1, 1], [3 * PIECE, 5], [1, 2 * PIECE - 1]]) {
    const plain = sizes.map((bytes, at) => new Uint8Array(bytes).fill(at + 1));
    const pieces = await all(sealPieces(of(...plain), SEAL));
    assert.equal(pieces.length, Math.max(1, Math.ceil(Buffer.concat(plain).length / PIECE)));
    assert.ok(Buffer.concat(await all(openPieces(of(...pieces), SEAL))).equals(Buffer.concat(plain)), sizes.join());
  }
});

test('a piece is valid only at its position, and the last piece only as the last', async () => {
  const [first, second, last] = await three();
  assert.ok(await opens([first, second, last]));
  const others = {
    swapped: [second, first, last],
    'cut off behind a whole piece': [first, second],
    'the first alone': [first],
    nothing: [],
    'one left out': [first, last],
    'one doubled': [first, first, second, last],
    'the last twice': [first, second, last, last],
    'an empty one added': [first, second, last, new Uint8Array()],
  };
  for (const [what, pieces] of Object.entries(others)) assert.ok(!(await opens(pieces)), what);
});

test('a stream opens only with its key and its header', async () => {
  const pieces = await three();
  assert.ok(!(await opens(pieces, { ...SEAL, header: Buffer.from('Header') })));
  assert.ok(!(await opens(pieces, { ...SEAL, key: new Uint8Array(32).fill(8) })));
});
