// Encrypts a stream of any length in pieces (STREAM, as in `age`): AES-256-GCM under a key that is used for this stream
// only. The nonce holds the number of the piece and marks the last, so that no piece can be removed, moved or added.

import { concat, viewOf } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { primitives } from '../../runtime/crypto.js';
import { BackupError } from './backup-error.js';

const PIECE_BYTES = LIMITS.backupPieceBytes;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
/** The offset of the counter: 64 bits, before the mark. */
const COUNTER_AT = 3;

/** The bytes of a sealed piece. */
export const SEALED_PIECE_BYTES = PIECE_BYTES + TAG_BYTES;

/** `header`: the bytes before the stream, which each piece authenticates. */
export interface PieceSeal {
  readonly key: Uint8Array;
  readonly header: Uint8Array;
}

export async function* sealPieces(plain: AsyncIterable<Uint8Array>, seal: PieceSeal): AsyncGenerator<Uint8Array> {
  for await (const { piece, nonce } of numbered(inPieces(plain)))
    yield primitives.aeadSeal(seal.key, nonce, seal.header, piece);
}

/** The plain bytes. All `pieces` but the last have `SEALED_PIECE_BYTES`. Throws BackupError at a changed piece. */
export async function* openPieces(pieces: AsyncIterable<Uint8Array>, seal: PieceSeal): AsyncGenerator<Uint8Array> {
  for await (const { piece, nonce } of numbered(pieces)) {
    const plain = primitives.aeadOpen(seal.key, nonce, seal.header, piece);
    if (plain === null) throw new BackupError('BACKUP_DAMAGED');
    yield plain;
  }
}

/** Pieces with their nonces. There is always a last one, which may be empty. */
async function* numbered(pieces: AsyncIterable<Uint8Array>) {
  let count = 0;
  let waiting: Uint8Array | null = null;
  for await (const piece of pieces) {
    if (waiting) yield { piece: waiting, nonce: nonceOf(count, false) };
    if (waiting) count += 1;
    waiting = piece;
  }
  yield { piece: waiting ?? new Uint8Array(), nonce: nonceOf(count, true) };
}

function nonceOf(count: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(COUNTER_AT, BigInt(count));
  nonce[NONCE_BYTES - 1] = Number(isLast);
  return nonce;
}

/** The same bytes in pieces of one size; the last may be shorter. */
async function* inPieces(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array = new Uint8Array();
  for await (const some of plain) {
    gathered = concat(gathered, some);
    for (; gathered.length >= PIECE_BYTES; gathered = viewOf(gathered, PIECE_BYTES))
      yield viewOf(gathered, 0, PIECE_BYTES);
  }
  if (gathered.length > 0) yield gathered;
}
