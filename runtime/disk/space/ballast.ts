// A file without use, deleted when the disk is full: its bytes are then room for the lock, the journal and deletions,
// so that a program starts on a full disk.

import { randomBytes } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { isOperationalError } from '../../operational-error.js';
import { freeBytesOf } from './free-space.js';

const OWNER_ONLY = 0o600;

export class Ballast {
  private readonly path: string;

  constructor(private readonly directory: string) {
    this.path = join(directory, 'ballast');
  }

  /** Makes the file if it is missing. A disk that compresses cannot shrink random bytes. */
  make(): void {
    if (this.missingBytes() === 0) return;
    try {
      writeFileSync(this.path, randomBytes(LIMITS.ballastBytes), { mode: OWNER_ONLY });
    } catch (error) {
      if (!isOperationalError(error)) throw error;
      rmSync(this.path, { force: true }); // the disk became full in the meantime
    }
  }

  /** The bytes that the file still has to take from the disk. */
  missingBytes(): number {
    return LIMITS.ballastBytes - (statSync(this.path, { throwIfNoEntry: false })?.size ?? 0);
  }

  /** Deletes the file if the disk has less room than the file gives. */
  releaseIfFull(): void {
    if (freeBytesOf(this.directory) < LIMITS.ballastBytes) rmSync(this.path, { force: true });
  }
}
