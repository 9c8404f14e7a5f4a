// Writes a small file atomically: complete or not at all, on disk when the call returns, readable only by its owner.

import { utf8, viewOf } from '../../protocols/kit/bytes.js';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;

/** Replaces the file at `path`. Throws the host's error and then leaves the file unchanged. */
export function writeFileAtomically(path: string, text: string): void {
  const draft = `${path}.draft`;
  try {
    writeThrough(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

function writeThrough(path: string, text: string): void {
  rmSync(path, { force: true }); // a draft left by a crash may have other permissions
  const file = openSync(path, 'wx', OWNER_ONLY);
  try {
    for (let rest = utf8(text); rest.length > 0;) rest = viewOf(rest, writeSync(file, rest));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is durable only when its directory is. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
