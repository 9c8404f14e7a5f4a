// What is kept about posts: the author's own and friends', how far each has followed the other, downloads under way.

import type { Instant } from '../../../protocols/kit/machine.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { AnnouncementProgress } from '../../../protocols/posts/catalogue-announcer.js';
import type { CatalogueCursor } from '../../../protocols/posts/catalogue.js';

/** Where the bytes are: among our own copies, or where a download put them, untouched as `stamp` shows. */
export type Held = { at: 'nowhere' } | { at: 'posts' } | { at: 'path'; path: string; stamp: string };

/**
 * A post, or what is left of a removed one. `device`, `change`: of its author, whose number in the catalogue of that
 * device it is. `at`: ms.
 */
export interface StoredPost {
  readonly author: string;
  readonly id: string;
  readonly device: string;
  readonly change: number;
  readonly at: Instant;
  readonly title: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly isReshared: boolean;
  readonly text: string | null;
  readonly isRemoved: boolean;
  readonly held: Held;
}

/**
 * How far the catalogue of a friend has been copied. `since`: when they became a friend. `grant`: their newest grant
 * for us.
 */
export interface FollowedCatalogue {
  readonly author: string;
  readonly cursor: CatalogueCursor | null;
  readonly since: Instant;
  readonly grant: Signed | null;
}

/** A download that was asked for. `to`: where to, null for a place of ours. */
export interface StoredDownload {
  readonly author: string;
  readonly id: string;
  readonly to: string | null;
  readonly force: boolean;
}

export interface PostStore {
  post(author: string, id: string): StoredPost | null;
  /** Keeps a post, or a change of one. */
  put(post: StoredPost): void;
  /** Standing posts of one author, the newest first; those before `before` in that order. */
  of(author: string, limit: number, before: StoredPost | null): StoredPost[];
  /** Standing posts of everybody but one, the newest first. */
  feed(besides: string, limit: number, before: StoredPost | null): StoredPost[];
  /** Changes of an author with a higher number, in order; removed posts are among them. */
  changesAfter(author: string, change: number, limit: number): StoredPost[];
  /** The newest changes of an author, the newest first. */
  newestChanges(author: string, limit: number): StoredPost[];
  /** The number of an author's last change, 0 if none. */
  lastChange(author: string): number;
  /** Posts under this id that are not removed. More than one only if an author claims the id of another author's post. */
  withId(id: string): StoredPost[];
  /** Takes away what an author's other devices have said; gives the ids of what stood. */
  dropOtherDevices(author: string, device: string): string[];
  /** Takes away all but so many of an author's newest changes. */
  keepNewest(author: string, count: number): void;
  dropAuthor(author: string): void;

  followedCatalogue(author: string): FollowedCatalogue | null;
  putFollowedCatalogue(catalogue: FollowedCatalogue): void;
  dropFollowing(author: string): void;

  told(friend: string): AnnouncementProgress | null;
  putTold(friend: string, told: AnnouncementProgress): void;
  dropTold(friend: string): void;
  /** No peer has received anything from this device. */
  dropAllTold(): void;

  /** In the order they were asked for. */
  downloads(): StoredDownload[];
  putDownload(download: StoredDownload): void;
  dropDownload(author: string, id: string): void;
}
