// Free disk space: checked before a large write, so that the database always finds some.

import { promises, statfsSync } from 'node:fs';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { OperationalError } from '../../operational-error.js';

/** Throws OperationalError where the disk that holds `folder` has no room for so many bytes more. */
export async function requireFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await promises.statfs(folder);
  if (bavail * bsize >= bytes + LIMITS.diskReservedBytes) return;
  const wanted = Math.ceil((bytes + LIMITS.diskReservedBytes) / 1e6);
  throw new OperationalError(`${folder}: the disk has no room for ${wanted} MB more. Make room and try again.`);
}

/** Bytes that this user can still write to the disk that holds `folder`. Infinity where the host does not say. */
export function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity; // the folder does not exist yet, or its file system has no size
  }
}
