// A text that changes when a file changes, as far as the disk shows: its number, size and time of change.

import { statSync, type BigIntStats } from 'node:fs';

export function fileStamp({ ino, size, mtimeNs }: Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs'>): string {
  return `${ino}:${size}:${mtimeNs}`;
}

/** Throws the host's error. */
export function stampOfPath(path: string): string {
  return fileStamp(statSync(path, { bigint: true }));
}
