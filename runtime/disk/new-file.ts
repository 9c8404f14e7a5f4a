// Writes a file from pieces: complete or not at all, and never over an existing file.

import { existsSync, promises, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from './atomic-file.js';

const OWNER_ONLY = 0o600;

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** `exists`: the path exists, and nothing was written. Throws the host's error, or that of `pieces`. */
export async function writeNewFile(path: string, pieces: Pieces): Promise<'written' | 'exists'> {
  if (existsSync(path)) return 'exists';
  const draft = `${path}.draft`;
  try {
    await writeThrough(draft, pieces);
    if (existsSync(path)) return 'exists';
    await promises.rename(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(dirname(path));
  return 'written';
}

async function writeThrough(path: string, pieces: Pieces): Promise<void> {
  rmSync(path, { force: true }); // a draft left by a crash may have other permissions
  const file = await promises.open(path, 'wx', OWNER_ONLY);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}
