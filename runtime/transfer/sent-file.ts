// A file on its way out: opened once, looked at, read in big pieces, with as much ahead as one piece.

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

  /** Writes the bytes in [start, end). False where the file ended before, or nobody reads any more. */
  async send(start: number, end: number, to: Writable): Promise<boolean> {
    const buffers = [0, 1].map(() => Buffer.allocUnsafe(Math.min(LIMITS.postPieceBytes, Math.max(end - start, 1))));
    const read = (at: number, turn: number) => this.read(buffers[turn % 2] ?? Buffer.alloc(0), at, end);
    let next = read(start, 0);
    for (let [at, turn] = [start, 1]; at < end; turn += 1) {
      const piece = await next;
      if (piece.length === 0 || to.destroyed) return false;
      at += piece.length;
      if (at < end) next = read(at, turn);
      if (!(await written(to, piece))) return false;
    }
    return true;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async read(buffer: Buffer, at: number, end: number): Promise<Buffer> {
    const wanted = Math.min(buffer.length, end - at);
    if (wanted <= 0) return buffer.subarray(0, 0);
    const { bytesRead } = await this.file.read(buffer, 0, wanted, at);
    return buffer.subarray(0, bytesRead);
  }
}

/** Settles once the piece may be overwritten. */
function written(to: Writable, piece: Buffer): Promise<boolean> {
  return new Promise((settle) => {
    const broken = (): void => settle(false);
    to.once('close', broken);
    to.write(piece, (error) => {
      to.off('close', broken);
      settle(!error);
    });
  });
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
  throw error;
}
