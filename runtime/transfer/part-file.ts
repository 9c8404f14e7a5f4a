// A partial file of a download: every byte is hashed as it is written. Bytes from an earlier run are hashed first.

import { viewOf } from '../../protocols/kit/bytes.js';
import { promises } from 'node:fs';
import { LIMITS } from '../../protocols/kit/limits.js';
import { removeFile } from '../disk/folder.js';
import { FileHash } from './file-hash.js';

const OWNER_ONLY = 0o600;

export class PartFile {
  private readonly hash = new FileHash();
  private hasHash = false;
  private piece = sharedPiece();
  private filled = 0;
  private readonly spare: Buffer[] = [];
  private queued = 0;
  /** The bytes that the host has written. */
  private done = 0;
  private writes: Promise<void> = Promise.resolve();
  /** The write that finishes next. */
  private oldest: Promise<void> = this.writes;
  private waiting = 0;

  private constructor(private readonly file: promises.FileHandle) {}

  /**
   * Opens or makes the file; one above `bytesMax` starts again. An incomplete file that already has a second name (see
   * file-placement.ts) may be in use by the user and is left alone. Throws the host's error.
   */
  static async open(path: string, bytesMax: number): Promise<PartFile> {
    const part = new PartFile(await promises.open(path, 'a+', OWNER_ONLY));
    try {
      return await part.begin(path, bytesMax);
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  /** The bytes in the file. */
  get written(): number {
    return this.done;
  }

  /** The bytes in the file and those that wait to be written. */
  get taken(): number {
    return this.queued + this.filled;
  }

  /** True while so much waits for the disk that reading should stop. */
  get isBehind(): boolean {
    return this.waiting >= LIMITS.postPiecesUnwritten - 1;
  }

  take(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      const some = viewOf(rest, 0, this.piece.length - this.filled);
      this.piece.set(some, this.filled);
      this.filled += some.length;
      rest = viewOf(rest, some.length);
      if (this.filled === this.piece.length) this.queuePiece();
    }
  }

  /** Settles when all bytes are in the file. Throws the host's error. */
  async settle(): Promise<void> {
    if (this.filled > 0) this.queuePiece();
    await this.writes;
  }

  /** Settles when more bytes may come. Throws the host's error. */
  async drained(): Promise<void> {
    while (this.isBehind) await this.oldest;
  }

  /** SHA-256 of the whole file, base64url, when the file is on disk. Called last. */
  async finish(): Promise<string> {
    await this.settle();
    await this.file.sync();
    this.hasHash = true;
    return this.hash.digest();
  }

  async close(): Promise<void> {
    await this.writes.catch(() => undefined); // `settle` has reported it
    if (!this.hasHash) this.hash.discard();
    await this.file.close();
  }

  private async begin(path: string, bytesMax: number): Promise<PartFile> {
    const { size, nlink } = await this.file.stat();
    if (nlink > 1 && size !== bytesMax) {
      await this.close();
      removeFile(path);
      return PartFile.open(path, bytesMax);
    }
    if (size > bytesMax) await this.file.truncate(0);
    await this.hashExisting();
    return this;
  }

  private queuePiece(): void {
    const buffer = this.piece;
    const piece = viewOf(buffer, 0, this.filled);
    this.queued += piece.length;
    this.filled = 0;
    this.waiting += 1;
    this.piece = this.spare.pop() ?? sharedPiece();
    const hashed = this.hash.update(piece);
    const before = this.writes;
    this.writes = before.then(() => (this.oldest = this.settled(this.write(piece), hashed, buffer)));
    this.writes.catch(() => undefined); // `settle` reports it
  }

  private async settled(written: Promise<void>, hashed: Promise<void>, buffer: Buffer): Promise<void> {
    await Promise.all([written, hashed]);
    this.waiting -= 1;
    this.spare.push(buffer);
  }

  private async write(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.length > 0;) {
      const { bytesWritten } = await this.file.write(rest);
      rest = viewOf(rest, bytesWritten);
      this.done += bytesWritten;
    }
  }

  private async hashExisting(): Promise<void> {
    for (let read = 1; read > 0;) {
      read = (await this.file.read(this.piece, 0, this.piece.length, this.done)).bytesRead;
      await this.hash.update(viewOf(this.piece, 0, read));
      this.done += read;
    }
    this.queued = this.done;
  }
}

/** In shared memory: the hash thread reads it while it is written to disk. */
function sharedPiece(): Buffer {
  return Buffer.from(new SharedArrayBuffer(LIMITS.postWritePieceBytes));
}
