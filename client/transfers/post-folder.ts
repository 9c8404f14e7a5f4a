// The files of posts in the user's data directory, and the operations on them. No operation throws: each reports its
// result as an input of the engine.

import { join } from 'node:path';
import { assertNever } from '../../protocols/kit/machine.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { numberedName } from '../../protocols/posts/file-name.js';
import { contentType } from '../../protocols/posts/content-type.js';
import { makeFolders, fileNames, removeFile } from '../../runtime/disk/folder.js';
import { clock } from '../../runtime/sources.js';
import { copyFile } from '../../runtime/transfer/file-copy.js';
import { placeFile } from '../../runtime/transfer/file-placement.js';
import { isFolder, type TargetRefusal } from '../../runtime/transfer/target.js';
import { explainError } from '../../runtime/operational-error.js';
import { targetRefusal } from './download-target.js';
import type { OwnCopies } from './own-copies.js';
import type { PostEffect, PostInput, PostKey } from '../engine/core/post-io.js';

export type FolderEffect = Extract<
  PostEffect,
  { type: 'post_copy' | 'post_discard' | 'post_place' | 'part_discard' | 'parts_keep' }
>;

const PART = '.part';
const KEPT = 'The downloaded data is kept until the next start: type the command again, or with another --to.';

export class PostFolder {
  private readonly posts: string;
  private readonly parts: string;
  private readonly downloads: string;

  /** `data`: the directory of this user's data. */
  constructor(
    data: string,
    private readonly copies: OwnCopies,
    private readonly put: (input: PostInput) => void,
  ) {
    this.posts = join(data, 'posts');
    this.parts = join(data, 'posts', 'parts');
    this.downloads = join(data, 'downloads');
  }

  /** The path of the copy of our own post. */
  copyOf(id: string): string {
    return join(this.posts, id);
  }

  /** The path of the part file of a download. */
  partOf({ author, id }: PostKey): string {
    return join(this.parts, `${author}-${id}${PART}`);
  }

  perform(effect: FolderEffect): void {
    switch (effect.type) {
      case 'post_copy':
        return void this.copy(effect.id, effect.path);
      case 'post_discard':
        return this.discard(effect.id);
      case 'post_place':
        return void this.place(effect);
      case 'part_discard':
        return tryRemove(this.partOf(effect.post));
      case 'parts_keep':
        return this.keepParts(effect.posts);
      default:
        return assertNever(effect);
    }
  }

  private async copy(id: string, path: string): Promise<void> {
    const refuseCopy = (refusal: Refusal): void => this.put({ type: 'post_copy_refused', id, refusal });
    try {
      makeFolders(this.posts);
      const copied = await copyFile(path, this.copyOf(id), this.reporting(id));
      if (copied === 'no file') return refuseCopy(new Refusal('POST_NO_FILE', path));
      if (copied === 'too large') return refuseCopy(new Refusal('POST_TOO_LARGE', path));
      if (copied === 'changed') return refuseCopy(new Refusal('POST_SOURCE_CHANGED', path));
      this.copies.made(id, this.copyOf(id));
      const { size, sha256, name, first } = copied;
      this.put({ type: 'post_copied', id, file: { size, sha256, name, type: contentType(first) } });
    } catch (error) {
      refuseCopy(new Refusal('FILE_TROUBLE', explainError(error, path)));
    }
  }

  private reporting(id: string): (received: number, size: number) => void {
    let toldAt = clock.now();
    return (received, size) => {
      if (clock.now() - toldAt < LIMITS.postProgressMs) return;
      toldAt = clock.now();
      this.put({ type: 'post_copying', id, received, size });
    };
  }

  private discard(id: string): void {
    tryRemove(this.copyOf(id));
    tryRemove(`${this.copyOf(id)}.draft`);
    this.put({ type: 'post_discarded', id });
  }

  private async place({ post, name, to, force }: Extract<FolderEffect, { type: 'post_place' }>): Promise<void> {
    const { author, id } = post;
    const target = to ?? this.downloads;
    const refusePlacing = (refusal: Refusal): void =>
      this.put({ type: 'post_place_refused', post: { author, id }, refusal });
    try {
      if (to === null) makeFolders(this.downloads);
      const paths = isFolder(target) ? namesIn(target, name) : [target];
      const placed = await placeFirst(this.partOf(post), paths, force && to !== null);
      if (typeof placed === 'string') return refusePlacing(targetRefusal(placed, target));
      this.put({ type: 'post_placed', post: { author, id }, ...placed });
    } catch (error) {
      refusePlacing(new Refusal('FILE_TROUBLE', `${explainError(error, target)} ${KEPT}`));
    }
  }

  private keepParts(posts: readonly PostKey[]): void {
    const kept = new Set(posts.map(({ author, id }) => `${author}-${id}${PART}`));
    for (const name of fileNames(this.parts)) if (!kept.has(name)) tryRemove(join(this.parts, name));
  }
}

/** The paths that a file of this name can have in a folder, the best first. */
function namesIn(folder: string, name: string): string[] {
  return Array.from({ length: LIMITS.postSameNamesMax }, (_, nth) => join(folder, numberedName(name, nth + 1)));
}

/** Places the file at the first path that is free, or has this file already. */
async function placeFirst(
  from: string,
  paths: readonly string[],
  force: boolean,
): Promise<{ path: string; stamp: string } | TargetRefusal> {
  let refusal: TargetRefusal = 'exists';
  for (const path of paths) {
    const placed = await placeFile(from, path, force);
    if (typeof placed !== 'string') return { path, ...placed };
    refusal = placed;
  }
  return refusal;
}

/** A file that cannot be tryRemove only takes up space. Parts are tried again at the next start. */
function tryRemove(path: string): void {
  try {
    removeFile(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error; // not an error of the disk
  }
}
