// Folders and what is in them: made, listed, moved and removed, on the disk when the call returns. Throws the host's
// error.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from './atomic-file.js';

const OWNER_ONLY = 0o700;

/** Makes a folder, for its owner only, where there is none. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY });
  syncDirectory(dirname(path));
}

/** The same, empty. */
export function makeFolderAnew(path: string): void {
  removeFolder(path);
  makeFolder(path);
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** The names in a folder, sorted; none where there is no folder. */
export function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

/** Gives a file or folder another name. */
export function moveTo(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
  syncDirectory(dirname(from));
}

/** Moves a file into a folder, under its name. */
export function moveInto(folder: string, path: string): void {
  moveTo(path, join(folder, basename(path)));
}
