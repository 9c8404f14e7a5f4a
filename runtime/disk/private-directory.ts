// The data directory of a program: only its owner may enter it, and only its owner may read the files in it. Repairs
// both at each start.

import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { OperationalError, operationalError } from '../operational-error.js';
import { makeFolders } from './folder.js';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const OTHERS = 0o077;
const STICKY = 0o1000;

/** Files of Kith: databases with their journals, keys, drafts and the ballast. Other files are left alone. */
const OWN_FILE = /\.(db|db-wal|db-shm|db-journal|json|draft)$|^ballast$/;

/**
 * Makes the directory if it is missing. Throws OperationalError where it cannot be made, or where it belongs to others
 * or is shared with them, such as /tmp.
 */
export function openPrivateDirectory(path: string): void {
  try {
    makeFolders(path);
    if (process.platform === 'win32') return; // its directories have lists of rights, inherited from the profile
    closeToOthers(path);
    for (const name of readdirSync(path)) if (OWN_FILE.test(name)) closeFile(join(path, name));
  } catch (error) {
    throw operationalError(path, error, { data: '--data' });
  }
}

function closeToOthers(path: string): void {
  const { mode, uid } = statSync(path);
  const us = process.geteuid?.() ?? uid;
  const isOurs = uid === us || us === 0;
  if (!isOurs || (mode & STICKY) !== 0) {
    throw new OperationalError(
      `${path}: other users share this directory, and could read your keys. Choose one of your own with --data.`,
    );
  }
  if ((mode & OTHERS) !== 0) chmodSync(path, OWNER_ONLY_FOLDER);
}

function closeFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true && (found.mode & OTHERS) !== 0) chmodSync(path, OWNER_ONLY_FILE);
}
