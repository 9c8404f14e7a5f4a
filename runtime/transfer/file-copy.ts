// Copies a file and hashes the copy. Shares the blocks if the disk supports it (reflink), otherwise copies in pieces.

import { createHash, type Hash } from 'node:crypto';
import { constants, promises, rmSync, type BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { toBase64url, viewOf } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { syncDirectory } from '../disk/atomic-file.js';
import { READ_WITHOUT_WAITING } from '../disk/text-file.js';
import { requireFreeSpace } from '../disk/space/free-space.js';
import { fileStamp } from './file-stamp.js';

const OWNER_ONLY = 0o600;
const FIRST_BYTES = 512;

export interface CopiedFile {
  readonly size: number;
  /** base64url */
  readonly sha256: string;
  /** The first bytes, to detect the type. */
  readonly first: Uint8Array;
  readonly name: string;
}

/** Why there is no copy. `changed`: the original was written to meanwhile, so the copy may mix old and new bytes. */
export type CopyRefusal = 'no file' | 'too large' | 'changed';

type OnProgress = (copied: number, size: number) => void;

/**
 * Copies `from` to `to`, complete or not at all, on disk when the promise settles. The original must stay unchanged
 * meanwhile. Hashes the copy. Throws the host's error.
 */
export async function copyFile(from: string, to: string, onProgress: OnProgress): Promise<CopiedFile | CopyRefusal> {
  const draft = `${to}.draft`;
  const source = await openSource(from);
  if (source === null) return 'no file';
  try {
    const about = await source.stat({ bigint: true });
    if (!about.isFile()) return 'no file';
    if (about.size > LIMITS.postBytes) return 'too large';
    rmSync(draft, { force: true });
    const size = Number(about.size);
    const copy = new Copy(size, onProgress);
    const isShared = await shareBlocks(from, draft);
    if (!isShared) await requireFreeSpace(dirname(to), size);
    if (isShared && !(await isStill(source, about))) return 'changed';
    const copied = isShared ? await copy.hash(draft) : await copy.write(source, draft);
    if (copied.size !== size || (!isShared && !(await isStill(source, about)))) return 'changed';
    await promises.rename(draft, to);
    syncDirectory(dirname(to));
    return { ...copied, name: basename(from) };
  } finally {
    await source.close();
    rmSync(draft, { force: true });
  }
}

/** Null for a socket. */
async function openSource(path: string): Promise<promises.FileHandle | null> {
  try {
    return await promises.open(path, READ_WITHOUT_WAITING);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return null;
    throw error;
  }
}

async function isStill(source: promises.FileHandle, before: BigIntStats): Promise<boolean> {
  return fileStamp(await source.stat({ bigint: true })) === fileStamp(before);
}

async function shareBlocks(from: string, to: string): Promise<boolean> {
  try {
    await promises.copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    await promises.chmod(to, OWNER_ONLY);
    return true;
  } catch {
    rmSync(to, { force: true }); // this disk, or this pair of disks, does not support it
    return false;
  }
}

class Copy {
  private readonly digest: Hash = createHash('sha256');
  private first = new Uint8Array(0);
  private size = 0;

  constructor(
    private readonly expected: number,
    private readonly onProgress: OnProgress,
  ) {}

  /** Stops after the piece with which the file is larger than expected. */
  async write(source: promises.FileHandle, to: string): Promise<Omit<CopiedFile, 'name'>> {
    const target = await promises.open(to, 'wx', OWNER_ONLY);
    try {
      return await this.read(source, target);
    } finally {
      await target.close();
    }
  }

  async hash(path: string): Promise<Omit<CopiedFile, 'name'>> {
    const file = await promises.open(path, 'r+');
    try {
      return await this.read(file, null);
    } finally {
      await file.close();
    }
  }

  private async read(from: promises.FileHandle, to: promises.FileHandle | null): Promise<Omit<CopiedFile, 'name'>> {
    const buffer = Buffer.allocUnsafeSlow(LIMITS.postReadPieceBytes);
    while (this.size <= this.expected) {
      const { bytesRead } = await from.read(buffer, 0, buffer.length, this.size);
      if (bytesRead === 0) break;
      const piece = viewOf(buffer, 0, bytesRead);
      if (this.size === 0) this.first = Uint8Array.from(viewOf(piece, 0, FIRST_BYTES));
      this.size += bytesRead;
      this.digest.update(piece);
      for (let rest = piece; to !== null && rest.length > 0;) rest = viewOf(rest, (await to.write(rest)).bytesWritten);
      this.onProgress(this.size, this.expected);
    }
    await (to ?? from).sync();
    return { size: this.size, sha256: toBase64url(this.digest.digest()), first: this.first };
  }
}
