// Reads a file of any size from beginning to end, in pieces of the size that the caller asks for.

import { viewOf } from '../../protocols/kit/bytes.js';
import { promises } from 'node:fs';
import { notAFile, READ_WITHOUT_WAITING } from './text-file.js';

export class FileReader {
  private constructor(private readonly file: promises.FileHandle) {}

  /** Throws the host's error, or OperationalError for a folder, a device or a pipe. */
  static async open(path: string): Promise<FileReader> {
    const file = await promises.open(path, READ_WITHOUT_WAITING);
    if ((await file.stat()).isFile()) return new FileReader(file);
    await file.close();
    throw notAFile(path);
  }

  /** The next bytes; fewer than asked only at the end of the file. */
  async take(bytes: number): Promise<Uint8Array> {
    const taken = Buffer.alloc(bytes);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes; length += read) {
      read = (await this.file.read(taken, length, bytes - length)).bytesRead;
    }
    return viewOf(taken, 0, length);
  }

  /** The rest of the file, in pieces of that size. */
  async *pieces(bytes: number): AsyncGenerator<Uint8Array> {
    for (let piece = await this.take(bytes); piece.length > 0; piece = await this.take(bytes)) yield piece;
  }

  async size(): Promise<number> {
    return (await this.file.stat()).size;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
