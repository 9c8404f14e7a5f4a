// A file that comes bit by bit: every byte is hashed as it is written, and what is there from before is hashed first.

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
  /** Bytes that the host has. */
  private done = 0;
  private writes: Promise<void> = Promise.resolve();
  /** The write that ends next. */
  private oldest: Promise<void> = this.writes;
  private waiting = 0;

  private constructor(private readonly file: promises.FileHandle) {}

  /**
   * Opens the file, or makes it; one of more than `bytesMax` begins again. One that has its name already, and is not
   * whole, is somebody's own by now: it is left alone. Throws the host's error.
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

  /** Bytes that are in the file. */
  get written(): number {
    return this.done;
  }

  /** Bytes that are in the file or on their way there. */
  get taken(): number {
    return this.queued + this.filled;
  }

  /** True while so much waits for the disk that nothing more should come. */
  get isBehind(): boolean {
    return this.waiting >= LIMITS.postPiecesUnwritten - 1;
  }

  take(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      const some = viewOf(rest, 0, this.piece.length - this.filled);
      this.piece.set(some, this.filled);
      this.filled += some.length;
      rest = viewOf(rest, some.length);
      if (this.filled === this.piece.length) this.pour();
    }
  }

  /** Settles once everything taken is in the file. Throws the host's error, if there was one. */
  async settle(): Promise<void> {
    if (this.filled > 0) this.pour();
    await this.writes;
  }

  /** Settles once there is room for more. Throws the host's error. */
  async drained(): Promise<void> {
    while (this.isBehind) await this.oldest;
  }

  /** SHA-256 of the whole file, base64url, with the file on the disk. Nothing may be taken afterwards. */
  async finish(): Promise<string> {
    await this.settle();
    await this.file.sync();
    this.hasHash = true;
    return this.hash.digest();
  }

  async close(): Promise<void> {
    await this.writes.catch(() => undefined); // whoever waited for them knows
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
    await this.readAgain();
    return this;
  }

  private pour(): void {
    const buffer = this.piece;
    const piece = viewOf(buffer, 0, this.filled);
    this.queued += piece.length;
    this.filled = 0;
    this.waiting += 1;
    this.piece = this.spare.pop() ?? sharedPiece();
    const hashed = this.hash.update(piece);
    const before = this.writes;
    this.writes = before.then(() => (this.oldest = this.settled(this.write(piece), hashed, buffer)));
    this.writes.catch(() => undefined); // it is seen by `settle`
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

  private async readAgain(): Promise<void> {
    for (let read = 1; read > 0;) {
      read = (await this.file.read(this.piece, 0, this.piece.length, this.done)).bytesRead;
      await this.hash.update(viewOf(this.piece, 0, read));
      this.done += read;
    }
    this.queued = this.done;
  }
}

/** Read by the thread that hashes while it is written. */
function sharedPiece(): Buffer {
  return Buffer.from(new SharedArrayBuffer(LIMITS.postWritePieceBytes));
}
