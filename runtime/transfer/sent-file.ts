// A file on its way out: opened once, looked at, read in big pieces, several of them on their way at a time.

import { viewOf } from '../../protocols/kit/bytes.js';
import { promises } from 'node:fs';
import type { Writable } from 'node:stream';
import { LIMITS } from '../../protocols/kit/limits.js';

export class SentFile {
  private constructor(
    private readonly file: promises.FileHandle,
    readonly size: number,
    /** Changes when the file does, as far as the disk can tell. */
    readonly stamp: string,
  ) {}

  /** Null where there is no file. Throws the host's error. */
  static async open(path: string): Promise<SentFile | null> {
    const file = await promises.open(path, 'r').catch((error: unknown) => nullIfMissing(error));
    if (file === null) return null;
    const about = await file.stat({ bigint: true });
    if (about.isFile()) return new SentFile(file, Number(about.size), `${about.ino}:${about.size}:${about.mtimeNs}`);
    await file.close();
    return null;
  }

  /**
   * Writes the bytes in [start, end). False where the file ended before, or nobody reads any more. While one piece is
   * read, others are encrypted and sent: a reader that waits for each in turn gets half as much.
   */
  async send(start: number, end: number, to: Writable): Promise<boolean> {
    const under = new Departure(to);
    for (let at = start; at < end;) {
      const buffer = await under.buffer(Math.min(LIMITS.postReadPieceBytes, end - start));
      if (buffer === null) return false;
      const piece = await this.read(buffer, at, end);
      if (piece.length === 0) return false;
      under.leave(piece, buffer);
      at += piece.length;
    }
    return under.left();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async read(buffer: Buffer, at: number, end: number): Promise<Uint8Array> {
    const wanted = Math.min(buffer.length, end - at);
    if (wanted <= 0) return viewOf(buffer, 0, 0);
    const { bytesRead } = await this.file.read(buffer, 0, wanted, at);
    return viewOf(buffer, 0, bytesRead);
  }
}

/** The pieces on their way to one reader: each has a buffer of its own, which is used again once it has left. */
class Departure {
  private readonly spare: Buffer[] = [];
  private underWay = 0;
  private isBroken = false;
  private changed: () => void = () => undefined;

  constructor(private readonly to: Writable) {
    to.once('close', () => this.settle(true));
  }

  /** A buffer that may be filled, as soon as there is one; null where nobody reads any more. */
  async buffer(bytes: number): Promise<Buffer | null> {
    await this.until(() => this.underWay < LIMITS.postPiecesInFlight);
    return this.isOver ? null : (this.spare.pop() ?? Buffer.allocUnsafe(bytes));
  }

  leave(piece: Uint8Array, buffer: Buffer): void {
    this.underWay += 1;
    this.to.write(piece, (error) => {
      this.underWay -= 1;
      this.spare.push(buffer);
      this.settle(Boolean(error));
    });
  }

  /** Settles once everything has left; false where it could not. */
  async left(): Promise<boolean> {
    await this.until(() => this.underWay === 0);
    return this.underWay === 0 && !this.isOver;
  }

  private get isOver(): boolean {
    return this.isBroken || this.to.destroyed;
  }

  private settle(isBroken: boolean): void {
    this.isBroken ||= isBroken;
    this.changed();
  }

  private async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue() && !this.isOver) await new Promise<void>((resolve) => (this.changed = resolve));
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
  throw error;
}
