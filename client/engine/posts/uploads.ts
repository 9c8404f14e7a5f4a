// The author's commands: upload, text, remove. A post is announced only once its bytes are on our disk.

import { hasVisibleText } from '../../../protocols/kit/text/visible-text.js';
import { byteLength, parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { WaitingMessages, WaitingSource } from '../conversations/waiting-messages.js';
import { textHash, manifestName, manifestTitle } from '../../../protocols/posts/manifest.js';
import type { Context } from '../core/context.js';
import type { CommandOf, InputOf, Part } from '../core/part.js';
import { SETTINGS } from '../core/settings.js';
import type { Announcements } from './announcements.js';
import type { OwnPosts } from './own-posts.js';
import type { CopiedFile } from '../core/post-io.js';

type Upload = CommandOf<'post_upload'>;

const TEXT_TITLE_LETTERS = 60;

export class Uploads implements Part, WaitingSource {
  readonly commands = {
    post_upload: (ref: number, command: Upload) => this.upload(ref, command),
    post_text: (ref: number, { text }: CommandOf<'post_text'>) => this.text(ref, text),
    post_remove: (ref: number, { id }: CommandOf<'post_remove'>) => this.remove(ref, id),
  };
  readonly inputs = {
    post_copying: (input: InputOf<'post_copying'>) => this.copyingOn(input),
    post_copied: ({ id, file }: InputOf<'post_copied'>) => this.copied(id, file),
    post_copy_refused: ({ id, refusal }: InputOf<'post_copy_refused'>) => this.copyRefused(id, refusal),
    post_discarded: ({ id }: InputOf<'post_discarded'>) => this.name(id),
  };
  private readonly copying = new Map<string, { ref: number; command: Upload }>();
  /** Ids of copies that no post names: after a crash their files are removed at the next start. */
  private readonly unnamed: Set<string>;

  constructor(
    private readonly context: Context,
    private readonly own: OwnPosts,
    private readonly announcements: Announcements,
    waitingMessages: WaitingMessages,
  ) {
    waitingMessages.add(this);
    const kept = parseJson(context.store.setting(SETTINGS.unnamedPosts) ?? '[]') as string[];
    this.unnamed = new Set(kept);
    for (const id of kept) context.emit({ type: 'post_discard', id });
  }

  /** Uploads are not messages. */
  waiting(): OutboxMessage[] {
    return [];
  }

  /** The command `cancel` for an upload; false where none has this id. The copy is removed once it is complete. */
  cancel(ref: number, id: string): boolean {
    const upload = this.copying.get(id);
    if (!upload) return false;
    this.copying.delete(id);
    this.context.refuse(upload.ref, new Refusal('UPLOAD_CANCELLED', upload.command.path));
    this.context.succeed(ref, 'cancel', { id });
    return true;
  }

  private upload(ref: number, command: Upload): void {
    if (this.own.isFull) return this.context.refuseWith(ref, 'LIST_FULL', 'posts');
    if (this.copying.size >= LIMITS.postUploadsMax) return this.context.refuseWith(ref, 'LIST_FULL', 'uploads at once');
    const id = this.context.freshId();
    this.copying.set(id, { ref, command });
    this.unname(id);
    this.context.emit({ type: 'post_copy', id, path: command.path });
  }

  private copyingOn({ id, received, size }: InputOf<'post_copying'>): void {
    if (this.copying.has(id)) this.context.notify({ event: 'progress', post: id, received, size });
  }

  private copied(id: string, file: CopiedFile): void {
    const upload = this.copying.get(id);
    if (!upload) return this.context.emit({ type: 'post_discard', id });
    this.copying.delete(id);
    this.name(id);
    const { size, sha256, type, name } = file;
    const title = manifestTitle(upload.command.title ?? name);
    const about = { id, size, sha256, type, title, name: manifestName(name), text: null };
    this.own.add({ ...about, isReshared: upload.command.isReshared, held: { at: 'posts' } });
    this.announcements.changed();
    this.context.succeed(upload.ref, 'post_upload', { post: id });
  }

  private copyRefused(id: string, refusal: Refusal): void {
    const upload = this.copying.get(id);
    this.copying.delete(id);
    this.name(id);
    if (upload) this.context.refuse(upload.ref, refusal);
  }

  private text(ref: number, text: string): void {
    if (this.own.isFull) return this.context.refuseWith(ref, 'LIST_FULL', 'posts');
    const bytes = byteLength(text);
    if (bytes > LIMITS.postTextBytes) return this.context.refuseWith(ref, 'TEXT_TOO_LONG', 'it has more than 16 KiB');
    if (!hasVisibleText(text)) return this.context.refuseWith(ref, 'TEXT_EMPTY');
    const id = this.context.freshId();
    const title = manifestTitle([...text].slice(0, TEXT_TITLE_LETTERS).join(''));
    const sha256 = textHash(text, this.context.primitives);
    const about = { id, size: bytes, sha256, type: 'text/plain', title, name: '', text };
    this.own.add({ ...about, isReshared: false, held: { at: 'nowhere' } });
    this.announcements.changed();
    this.context.succeed(ref, 'post_text', { post: id });
  }

  private remove(ref: number, id: string): void {
    const post = this.own.get(id);
    if (!post) return this.context.refuseWith(ref, 'POST_UNKNOWN', id);
    this.own.remove(post);
    if (post.held.at === 'posts') this.discard(id);
    this.announcements.changed();
    this.context.succeed(ref, 'post_remove', { post: id });
  }

  private discard(id: string): void {
    this.unname(id);
    this.context.emit({ type: 'post_discard', id });
  }

  private unname(id: string): void {
    this.unnamed.add(id);
    this.keep();
  }

  private name(id: string): void {
    if (this.unnamed.delete(id)) this.keep();
  }

  private keep(): void {
    this.context.store.putSetting(SETTINGS.unnamedPosts, JSON.stringify([...this.unnamed]));
  }
}
