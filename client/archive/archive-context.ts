// What the archive commands need to know about a client, and the paths of its files.

import { join } from 'node:path';
import type { Instant } from '../../protocols/kit/machine.js';
import type { ScryptCost } from '../../runtime/key-derivation.js';

export interface ArchiveContext {
  readonly user: string;
  /** The directory of this user's data. */
  readonly data: string;
  readonly now: () => Instant;
  /** The cost of one guess at the passphrase of a new backup. */
  readonly cost: ScryptCost;
}

export const STORE = 'client.db';

export function storePath({ data }: Pick<ArchiveContext, 'data'>): string {
  return join(data, STORE);
}

/** The folder for unfinished work. Its content at the start of the program is left over from a crash. */
export function draftPath(data: string): string {
  return join(data, 'archive.draft');
}

/** A time for a file name: `20261120T120000123Z`. */
export function timestamp(at: Instant): string {
  return new Date(at).toISOString().replace(/[-:.]/g, '');
}
