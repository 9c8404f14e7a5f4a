// Reads a small text file wholly: null where there is none; throws OperationalError where it is too large or cannot be
// read.

import { readFileSync, statSync } from 'node:fs';
import { OperationalError, operationalError } from '../operational-error.js';

export function readTextFile(path: string, bytesMax: number): string | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return null;
    if (found.size > bytesMax)
      throw new OperationalError(`${path}: the file is larger than ${bytesMax} bytes. Check that it is the right one.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw operationalError(path, error);
  }
}
