// Where a download may go: judged before anything is fetched, and again when the file is placed.

import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireFreeSpace } from '../disk/space/free-space.js';

/** `exists`: the path is taken. `no file`: what is there is a device, a pipe or a link to nothing, never replaced. */
export type TargetRefusal = 'exists' | 'no file';

/** The bytes of a download, and the folder in which they are collected. */
export interface Incoming {
  readonly folder: string;
  readonly bytes: number;
}

/** The path to write: `to`, or the file to which it links. */
export function resolveTarget(to: string, force: boolean): { path: string } | TargetRefusal {
  const found = lstatSync(to, { throwIfNoEntry: false });
  if (found === undefined) return { path: to };
  if (!force) return 'exists';
  const isLink = found.isSymbolicLink();
  const real = isLink ? statSync(to, { throwIfNoEntry: false }) : found;
  if (real?.isDirectory()) return 'exists';
  if (!real?.isFile()) return 'no file';
  return { path: isLink ? realpathSync(to) : to };
}

/**
 * Null if a file can be written at the path, or in it if it is a folder. `incoming`: null while its size is not known.
 * Throws the host's error, or OperationalError for a full disk.
 */
export async function judgeTarget(
  to: string,
  force: boolean,
  incoming: Incoming | null,
): Promise<TargetRefusal | null> {
  const target = isFolder(to) ? { folder: to } : fileIn(resolveTarget(to, force));
  if (typeof target === 'string') return target;
  const { folder } = target;
  tryToWrite(folder);
  // On the same disk the file gets a second name instead of a copy.
  const isOtherDisk = incoming !== null && statSync(folder).dev !== statSync(incoming.folder).dev;
  if (isOtherDisk) await requireFreeSpace(folder, incoming.bytes);
  return null;
}

/** True for a folder, and for a link to one. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function fileIn(target: { path: string } | TargetRefusal): { folder: string } | TargetRefusal {
  return typeof target === 'string' ? target : { folder: dirname(target.path) };
}

/** Rights alone do not tell: a disk may be read-only, or a quota used up. */
function tryToWrite(folder: string): void {
  const path = join(folder, `.kith-${randomBytes(8).toString('hex')}`);
  closeSync(openSync(path, 'wx'));
  rmSync(path, { force: true });
}
