// Creates files for tests of posts and computes their hashes.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';

/** A sparse file of that size: zeros, with `mark` at both ends. */
export function makeSparse(path: string, bytes: number, mark = 'sparse'): void {
  closeSync(openSync(path, 'w'));
  truncateSync(path, bytes);
  const file = openSync(path, 'r+');
  writeSync(file, mark, 0);
  writeSync(file, mark, Math.max(0, bytes - mark.length));
  closeSync(file);
}

export function makeFile(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content);
}

/** SHA-256 of a file, base64url. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('base64url');
}
