// Makes, lists, moves and removes folders and their files. Changes are on disk when the call returns. Throws the host's
// error.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { syncDirectory } from './atomic-file.js';

const OWNER_ONLY = 0o700;

/** Makes a folder that only its owner can read, if it does not exist. */
export function makeFolder(path: string): void {
  makeFolders(path);
  syncDirectory(dirname(path));
}

/**
 * Makes a folder and its parents, one after the other: the host's own recursive call never returns where no folder can
 * be made, as in /proc.
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
    if (!isFolder(path)) throw error; // otherwise another process was faster
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Makes an empty folder and removes an old one with its content. */
export function recreateFolder(path: string): void {
  removeFolder(path);
  makeFolder(path);
}

/** The size of a file, or null where there is none. */
export function fileBytes(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

/** Removes a file if it exists. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** The sorted names in a folder; none if the folder does not exist. */
export function fileNames(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

/** Renames a file or folder. */
export function moveTo(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
  syncDirectory(dirname(from));
}

/** Moves a file into a folder and keeps its name. */
export function moveInto(folder: string, path: string): void {
  moveTo(path, join(folder, basename(path)));
}
