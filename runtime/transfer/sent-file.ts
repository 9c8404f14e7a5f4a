// A file that is sent: opened once and read in large pieces, several of which are in flight at a time.

import { viewOf } from '../../protocols/kit/bytes.js';
import { promises } from 'node:fs';
import type { Writable } from 'node:stream';
import { LIMITS } from '../../protocols/kit/limits.js';
import { READ_WITHOUT_WAITING } from '../disk/text-file.js';
import { FileHash } from './file-hash.js';
import { fileStamp } from './file-stamp.js';

export class SentFile {
  private constructor(
    private readonly file: promises.FileHandle,
    readonly size: number,
    /** See `file-stamp.ts`. */
    readonly stamp: string,
  ) {}

  /** Null if the file does not exist. Throws the host's error. */
  static async open(path: string): Promise<SentFile | null> {
    const file = await promises.open(path, READ_WITHOUT_WAITING).catch((error: unknown) => nullIfMissing(error));
    if (file === null) return null;
    const about = await file.stat({ bigint: true });
    if (about.isFile()) return new SentFile(file, Number(about.size), fileStamp(about));
    await file.close();
    return null;
  }

  /** False once the file was written to since it was opened. */
  async isUnchanged(): Promise<boolean> {
    return fileStamp(await this.file.stat({ bigint: true })) === this.stamp;
  }

  /** SHA-256 of the bytes, base64url. */
  async sha256(): Promise<string> {
    const hash = new FileHash();
    const buffer = Buffer.from(new SharedArrayBuffer(LIMITS.postReadPieceBytes)); // the hash thread reads it
    try {
      for (let at = 0; at < this.size;) {
        const piece = await this.read(buffer, at, this.size);
        if (piece.length === 0) break;
        await hash.update(piece);
        at += piece.length;
      }
    } catch (error) {
      hash.discard();
      throw error;
    }
    return hash.digest();
  }

  /**
   * Writes the bytes in [start, end). False if the file ended before, or if the reader closed. Reads the next piece
   * while others are encrypted and sent: one at a time would halve the rate.
   */
  async send(start: number, end: number, to: Writable): Promise<boolean> {
    const queue = new WriteQueue(to);
    for (let at = start; at < end;) {
      const buffer = await queue.freeBuffer(Math.min(LIMITS.postReadPieceBytes, end - start));
      if (buffer === null) return false;
      const piece = await this.read(buffer, at, end);
      if (piece.length === 0) return false;
      queue.write(piece, buffer);
      at += piece.length;
    }
    return queue.drained();
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

/** The pieces in flight to one reader. Each has its own buffer, which is reused after the piece was sent. */
class WriteQueue {
  private readonly spare: Buffer[] = [];
  private inFlight = 0;
  private isBroken = false;
  private changed: () => void = () => undefined;

  constructor(private readonly to: Writable) {
    to.once('close', () => this.settle(true));
  }

  /** A buffer to fill, when one is free; null if the reader closed. */
  async freeBuffer(bytes: number): Promise<Buffer | null> {
    await this.until(() => this.inFlight < LIMITS.postPiecesInFlight);
    return this.isOver ? null : (this.spare.pop() ?? Buffer.allocUnsafe(bytes));
  }

  write(piece: Uint8Array, buffer: Buffer): void {
    this.inFlight += 1;
    this.to.write(piece, (error) => {
      this.inFlight -= 1;
      this.spare.push(buffer);
      this.settle(Boolean(error));
    });
  }

  /** Settles when everything was sent; false if the reader closed. */
  async drained(): Promise<boolean> {
    await this.until(() => this.inFlight === 0);
    return this.inFlight === 0 && !this.isOver;
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
