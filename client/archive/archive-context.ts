// Whose archive it is, and where everything of it lies in the user's own directory.

import { join } from 'node:path';
import type { Instant } from '../../protocols/kit/machine.js';
import type { ScryptCost } from '../../runtime/key-derivation.js';

export interface ArchiveContext {
  readonly user: string;
  /** The user's own directory. */
  readonly data: string;
  readonly now: () => Instant;
  /** What a guess at a passphrase costs in backups made here. */
  readonly cost: ScryptCost;
}

export const IDENTITY = 'identity.json';
export const RETIRED_IDENTITY = 'identity-retired.json';
export const STORE = 'client.db';

export function storePath({ data }: Pick<ArchiveContext, 'data'>): string {
  return join(data, STORE);
}

/** Where things lie while they are made; whatever is found there at the start was left by a crash. */
export function draftPath(data: string): string {
  return join(data, 'archive.draft');
}

/** A time as a part of a name: `20261120T120000123Z`. */
export function timestamp(at: Instant): string {
  return new Date(at).toISOString().replace(/[-:.]/g, '');
}
