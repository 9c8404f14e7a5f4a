// The author's commands: upload, text, remove. A post is announced only when its bytes are among ours, on the disk.

import { byteLength, parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Refusal } from '../../../protocols/kit/refusals.js';
import { textHash, manifestName, manifestTitle } from '../../../protocols/posts/manifest.js';
import type { PostCommand } from '../../../protocols/control/commands/posts.js';
import type { Context } from '../core/context.js';
import type { Announcements } from './announcements.js';
import type { OwnPosts } from './own-posts.js';
import type { CopiedFile } from '../core/post-io.js';

type Upload = Extract<PostCommand, { type: 'post_upload' }>;

/** Ids of copies that no post names: what a crash leaves of them is removed at the next start. */
const UNNAMED_SETTING = 'posts unnamed';
const TEXT_TITLE_LETTERS = 60;

export class Uploads {
  private readonly copying = new Map<string, { ref: number; command: Upload }>();
  private readonly unnamed: Set<string>;

  constructor(
    private readonly context: Context,
    private readonly own: OwnPosts,
    private readonly announcements: Announcements,
  ) {
    const kept = parseJson(context.store.setting(UNNAMED_SETTING) ?? '[]') as string[];
    this.unnamed = new Set(kept);
    for (const id of kept) context.do({ type: 'post_discard', id });
  }

  upload(ref: number, command: Upload): void {
    if (this.own.isFull) return this.context.refuseWith(ref, 'LIST_FULL', 'posts');
    if (this.copying.size >= LIMITS.postUploadsMax) return this.context.refuseWith(ref, 'LIST_FULL', 'uploads at once');
    const id = this.context.freshId();
    this.copying.set(id, { ref, command });
    this.unname(id);
    this.context.do({ type: 'post_copy', id, path: command.path });
  }

  copyingOn(id: string, received: number, size: number): void {
    if (this.copying.has(id)) this.context.tell({ event: 'progress', post: id, received, size });
  }

  copied(id: string, file: CopiedFile): void {
    const upload = this.copying.get(id);
    if (!upload) return;
    this.copying.delete(id);
    this.name(id);
    const { size, sha256, type, name } = file;
    const title = manifestTitle(upload.command.title ?? name);
    const about = { id, size, sha256, type, title, name: manifestName(name), text: null };
    this.own.add({ ...about, isReshared: upload.command.isReshared, held: { at: 'posts' } });
    this.announcements.news();
    this.context.succeed(upload.ref, 'post_upload', { post: id });
  }

  uncopied(id: string, refusal: Refusal): void {
    const upload = this.copying.get(id);
    this.copying.delete(id);
    this.name(id);
    if (upload) this.context.refuse(upload.ref, refusal);
  }

  text(ref: number, text: string): void {
    if (this.own.isFull) return this.context.refuseWith(ref, 'LIST_FULL', 'posts');
    const bytes = byteLength(text);
    if (bytes > LIMITS.postTextBytes) return this.context.refuseWith(ref, 'TEXT_TOO_LONG', 'it has more than 16 KiB');
    if (text === '') return this.context.refuseWith(ref, 'TEXT_EMPTY');
    const id = this.context.freshId();
    const title = manifestTitle([...text].slice(0, TEXT_TITLE_LETTERS).join(''));
    const sha256 = textHash(text, this.context.primitives);
    const about = { id, size: bytes, sha256, type: 'text/plain', title, name: '', text };
    this.own.add({ ...about, isReshared: false, held: { at: 'nowhere' } });
    this.announcements.news();
    this.context.succeed(ref, 'post_text', { post: id });
  }

  remove(ref: number, id: string): void {
    const post = this.own.get(id);
    if (!post) return this.context.refuseWith(ref, 'POST_UNKNOWN', id);
    this.own.remove(post);
    if (post.held.at === 'posts') this.discard(id);
    this.announcements.news();
    this.context.succeed(ref, 'post_remove', { post: id });
  }

  /** Our copy is gone. */
  discarded(id: string): void {
    this.name(id);
  }

  private discard(id: string): void {
    this.unname(id);
    this.context.do({ type: 'post_discard', id });
  }

  private unname(id: string): void {
    this.unnamed.add(id);
    this.keep();
  }

  private name(id: string): void {
    if (this.unnamed.delete(id)) this.keep();
  }

  private keep(): void {
    this.context.store.putSetting(UNNAMED_SETTING, JSON.stringify([...this.unnamed]));
  }
}
