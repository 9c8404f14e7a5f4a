// Posts as the rest of the engine sees them: commands, facts, frames and what the world says about bytes, each led to
// the part it concerns.

import type { PostCommand } from '../../../protocols/control/commands/posts.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import {
  postHeldFrameShape,
  postLetterShape,
  postsFrameShape,
  postsWantedFrameShape,
  postWantedFrameShape,
} from '../../../protocols/posts/messages.js';
import type { Context } from '../core/context.js';
import type { LinkPeer, ReceivedLetter } from '../core/events.js';
import { Announcements } from './announcements.js';
import { Downloads } from './downloads.js';
import { FollowedCatalogues } from './followed-catalogues.js';
import { PostLists } from './post-lists.js';
import { OwnPosts } from './own-posts.js';
import type { PostDependencies } from './post-dependencies.js';
import type { PostInput } from '../core/post-io.js';
import { PostAccess } from './post-access.js';
import { DownloadSources } from './download-sources.js';
import { Uploads } from './uploads.js';

export class Posts {
  private readonly announcements: Announcements;
  private readonly followings: FollowedCatalogues;
  private readonly uploads: Uploads;
  private readonly downloads: Downloads;
  private readonly sources: DownloadSources;
  private readonly serving: PostAccess;
  private readonly lists: PostLists;
  /** Fetches that could not begin; they end once whoever began them has finished. */
  private readonly stillborn: { fetch: number; why: string }[] = [];

  constructor(context: Context, parts: PostDependencies) {
    const own = new OwnPosts(context);
    this.announcements = new Announcements(context, parts, own);
    this.uploads = new Uploads(context, own, this.announcements);
    this.followings = new FollowedCatalogues(context, parts, (author, id) =>
      this.downloads.stop({ author, id }, 'POST_REMOVED', author),
    );
    this.sources = new DownloadSources(context, parts, this.followings, (fetch, why) =>
      this.stillborn.push({ fetch, why }),
    );
    this.downloads = new Downloads(context, this.sources);
    this.serving = new PostAccess(context, parts);
    this.lists = new PostLists(context, parts);
  }

  command(ref: number, command: PostCommand): void {
    switch (command.type) {
      case 'post_upload':
        return this.uploads.upload(ref, command);
      case 'post_text':
        return this.uploads.text(ref, command.text);
      case 'post_remove':
        return this.uploads.remove(ref, command.id);
      case 'post_list':
        return this.lists.list(ref, command);
      case 'feed':
        return this.lists.feed(ref, command);
      case 'post_get':
        return this.downloads.get(ref, command);
      default:
        return assertNever(command);
    }
  }

  /** False where no download has this id. */
  cancel(ref: number, id: string): boolean {
    return this.downloads.cancel(ref, id);
  }

  input(input: PostInput): void {
    switch (input.type) {
      case 'post_copying':
        return this.uploads.copyingOn(input.id, input.received, input.size);
      case 'post_copied':
        return this.uploads.copied(input.id, input.file);
      case 'post_copy_refused':
        return this.uploads.uncopied(input.id, input.refusal);
      case 'post_discarded':
        return this.uploads.discarded(input.id);
      case 'fetch_progress':
      case 'fetch_done':
      case 'fetch_ended':
        return this.downloads.fetched(input);
      case 'post_placed':
      case 'post_place_refused':
        return this.downloads.placed(input);
      default:
        return this.serve(input);
    }
  }

  awake(): void {
    this.downloads.awake();
  }

  /** Offline by our own wish: nothing goes out, nothing comes in. */
  asleep(): void {
    this.serving.stop(null);
    this.downloads.asleep();
  }

  online(): void {
    this.announcements.considerAll();
  }

  /** Something may stand in the way of a letter no more, or of a link. */
  presence(user: string, online: boolean): void {
    this.announcements.consider(user);
    if (!online) return;
    this.announcements.cameOnline(user);
    this.downloads.reachable(user);
  }

  mailed(user: string): void {
    this.announcements.consider(user);
  }

  leaveAgain(user: string): void {
    this.announcements.leaveAgain(user);
  }

  linked(peer: LinkPeer): void {
    this.announcements.linked(peer.user);
    this.followings.linked(peer);
    for (const id of this.downloads.asking) this.sources.askOne(peer.user, id);
    this.downloads.reachable(peer.user);
  }

  unlinked(user: string): void {
    this.announcements.unlinked(user);
  }

  befriended(user: string): void {
    this.followings.befriended(user);
    this.announcements.consider(user);
  }

  unfriended(user: string): void {
    this.serving.stop(user);
    this.downloads.stopAllOf(user);
    this.announcements.forget(user);
    this.followings.forget(user);
  }

  /** False where the frame is none of ours, or none that an honest client sends. */
  frame(peer: LinkPeer, frame: object): boolean {
    const { user } = peer;
    if (postsWantedFrameShape.accepts(frame)) this.announcements.wanted(user, frame.after);
    else if (postsFrameShape.accepts(frame)) return this.followings.page(peer, frame);
    else if (postWantedFrameShape.accepts(frame)) this.answerWanted(user, frame.id);
    else if (postHeldFrameShape.accepts(frame)) this.downloads.held(user, frame.id);
    else return false;
    return true;
  }

  letter({ from: user, device, body }: ReceivedLetter): void {
    if (postLetterShape.accepts(body)) this.followings.page({ user, device }, body);
  }

  /** Before the turn ends: what is new leaves together, and what could not even begin is over. */
  flush(): void {
    this.announcements.flush();
    for (let one = this.stillborn.shift(); one; one = this.stillborn.shift()) {
      this.downloads.fetched({ type: 'fetch_ended', failure: 'interrupted', received: 0, ...one });
    }
  }

  /** In a hurry: what friends have not heard of is left at once. True once that is done. */
  hurry(): boolean {
    this.announcements.flush();
    this.announcements.considerAll();
    return !this.announcements.isUnderWay;
  }

  private answerWanted(user: string, id: string): void {
    if (this.serving.isPassedOn(id, user)) this.sources.say(user, id);
  }

  private serve(
    input: Extract<PostInput, { type: 'http_opened' | 'post_asked' | 'post_served' | 'post_missing' }>,
  ): void {
    switch (input.type) {
      case 'http_opened':
        return this.serving.opened(input.connection, input.peerKey);
      case 'post_asked':
        return this.serving.asked(input);
      case 'post_served':
        return this.serving.served(input.request);
      case 'post_missing':
        return this.serving.missing(input.post);
      default:
        return assertNever(input);
    }
  }
}
