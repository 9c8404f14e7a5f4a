// Reads exact numbers of bytes from a stream of pieces of any size.

import { concat, viewOf } from '../../protocols/kit/bytes.js';
import { BackupError } from './backup-error.js';

/** Throws BackupError if the stream ends too early. */
export class PieceReader {
  private waiting: Uint8Array = new Uint8Array();

  constructor(private readonly pieces: AsyncGenerator<Uint8Array>) {}

  /** Exactly this many bytes, as one array. */
  async take(bytes: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    for await (const piece of this.upTo(bytes)) taken.push(piece);
    return concat(...taken);
  }

  /** Exactly this many bytes, in pieces as they come. */
  async *upTo(bytes: number): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0;) {
      if (await this.isOver()) throw new BackupError('BACKUP_DAMAGED');
      const piece = viewOf(this.waiting, 0, left);
      this.waiting = viewOf(this.waiting, piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** True iff the stream has ended. */
  async isOver(): Promise<boolean> {
    while (this.waiting.length === 0) {
      const next = await this.pieces.next();
      if (next.done) return true;
      this.waiting = next.value;
    }
    return false;
  }
}
