// Folders and what is in them: made, listed, moved and removed, on the disk when the call returns. Throws the host's
// error.

import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { syncDirectory } from './atomic-file.js';

const OWNER_ONLY = 0o700;

/** Makes a folder, for its owner only, where there is none. */
export function makeFolder(path: string): void {
  makeFolders(path);
  syncDirectory(dirname(path));
}

/**
 * Makes a folder and those it is in, one after the other: the host's own way of doing so never ends in places where
 * no folder can be made, like /proc.
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isFolder(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const one of missing) makeOne(one);
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: OWNER_ONLY });
  } catch (error) {
    if (!isFolder(path)) throw error; // else somebody was faster
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The same, empty. */
export function recreateFolder(path: string): void {
  removeFolder(path);
  makeFolder(path);
}

/** True iff something has this name, be it a link that leads nowhere. */
export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Removes a file, if there is one. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** The names in a folder, sorted; none where there is no folder. */
export function fileNames(path: string): string[] {
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
