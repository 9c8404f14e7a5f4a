// Gives a finished download its final name: complete or not at all, and not over an existing file unless forced.

import { constants, linkSync, promises, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LIMITS } from '../../protocols/kit/limits.js';
import { syncDirectory } from '../disk/atomic-file.js';
import { FileReader } from '../disk/file-reader.js';
import { requireFreeSpace } from '../disk/space/free-space.js';
import { stampOfPath } from './file-stamp.js';
import { resolveTarget, type TargetRefusal } from './target.js';

/**
 * `from` stays until the caller has recorded that it was placed: after a crash in between, the file that is there
 * counts as placed. If it is refused, nothing was changed. Throws the host's error.
 */
export async function placeFile(from: string, to: string, force: boolean): Promise<{ stamp: string } | TargetRefusal> {
  const target = resolveTarget(to, force);
  if (target === 'exists' && (await isSame(from, to))) return { stamp: stampOfPath(to) };
  if (typeof target === 'string') return target;
  const { path } = target;
  const isPlaced = force ? replaced(from, path) : linked(from, path);
  if (isPlaced === 'exists') return 'exists';
  if (isPlaced === 'no' && (await copied(from, path, force)) === 'exists') return 'exists';
  syncDirectory(dirname(path));
  return { stamp: stampOfPath(path) };
}

/** True iff both are files with the same bytes. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = [statSync(one), statSync(other, { throwIfNoEntry: false })];
  if (!b?.isFile() || a.size !== b.size) return false;
  if (a.dev === b.dev && a.ino === b.ino) return true;
  const readers = await Promise.all([FileReader.open(one), FileReader.open(other)]);
  try {
    return await areSame(readers);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

async function areSame(readers: readonly FileReader[]): Promise<boolean> {
  for (;;) {
    const [a, b] = await Promise.all(readers.map((reader) => reader.take(LIMITS.postReadPieceBytes)));
    if (!a || !b || Buffer.compare(a, b) !== 0) return false;
    if (a.length === 0) return true;
  }
}

/** Through a second name, so that `from` keeps its own. */
function replaced(from: string, to: string): 'yes' | 'no' {
  const draft = draftOf(from, to);
  rmSync(draft, { force: true });
  try {
    linkSync(from, draft);
    renameSync(draft, to);
    return 'yes';
  } catch (error) {
    return orNo(error);
  } finally {
    rmSync(draft, { force: true }); // a rename leaves it if both were already the same file
  }
}

/** Named after the partial file, so that it does not collide with files of the user. */
function draftOf(from: string, to: string): string {
  return join(dirname(to), `.${basename(from)}`);
}

/** A hard link never replaces a file; a rename would. */
function linked(from: string, to: string): 'yes' | 'no' | 'exists' {
  try {
    linkSync(from, to);
    return 'yes';
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? 'exists' : orNo(error);
  }
}

/** `no`: another disk, or one without hard links. */
function orNo(error: unknown): 'no' {
  if (['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'].includes(codeOf(error))) return 'no';
  throw error;
}

async function copied(from: string, to: string, force: boolean): Promise<'yes' | 'exists'> {
  const draft = draftOf(from, to);
  rmSync(draft, { force: true });
  await requireFreeSpace(dirname(to), statSync(from).size);
  try {
    await promises.copyFile(from, draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    const file = await promises.open(draft, 'r+');
    await file.sync().finally(() => file.close());
    const isNamed = force ? 'no' : linked(draft, to);
    if (isNamed === 'exists' || (isNamed === 'no' && typeof resolveTarget(to, force) === 'string')) return 'exists';
    if (isNamed === 'no') await promises.rename(draft, to);
    return 'yes';
  } finally {
    rmSync(draft, { force: true });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
