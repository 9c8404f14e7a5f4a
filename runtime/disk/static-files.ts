// The files below a folder, read whole and once, with what a server of files needs beside them: a tag of each, and each
// packed. Bounded by count and size.

import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../protocols/kit/limits.js';
import { readBoundedFile } from './text-file.js';
import { OperationalError, operationalError } from '../operational-error.js';

export interface StaticFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  /** gzip (RFC 1952), or null if that would save less than a tenth. */
  readonly gzipped: Buffer | null;
  /** Differs when the bytes differ. */
  readonly etag: string;
}

const TAG_LETTERS = 22;
/** A compressed file is kept if it is smaller than this share of the plain one. */
const COMPRESSED_SHARE_MAX = 0.9;

/**
 * Those of a folder, or null where there is no such folder. Throws OperationalError where they are too many or too
 * large.
 */
export function readStaticFiles(folder: string): readonly StaticFile[] | null {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readAll(folder) : null;
  } catch (error) {
    throw error instanceof OperationalError ? error : operationalError(folder, error);
  }
}

function readAll(folder: string): StaticFile[] {
  const paths = pathsIn(folder, '');
  if (paths.length > LIMITS.pageFilesMax) throw tooLarge(folder);
  const files: StaticFile[] = [];
  let bytesLeft = LIMITS.pageBytes;
  for (const path of paths) {
    const file = join(folder, path);
    if (statSync(file).size > bytesLeft) throw tooLarge(folder);
    const bytes = readBoundedFile(file, LIMITS.pageBytes) ?? new Uint8Array(0);
    bytesLeft -= bytes.length;
    if (bytesLeft < 0) throw tooLarge(folder);
    files.push(staticFile(path, Buffer.from(bytes)));
  }
  return files;
}

function tooLarge(folder: string): OperationalError {
  return new OperationalError(`${folder} is larger than a page may be. Build it again: npm run build.`);
}

function pathsIn(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? pathsIn(folder, path) : [path];
  });
}

function staticFile(path: string, bytes: Buffer): StaticFile {
  const packed = gzipSync(bytes, { level: 9 });
  const tag = createHash('sha256').update(bytes).digest('base64url').slice(0, TAG_LETTERS);
  return { path, bytes, gzipped: packed.length < bytes.length * COMPRESSED_SHARE_MAX ? packed : null, etag: tag };
}
