// The store of posts, in memory. It behaves like the one on disk, transactions included.

import type { AnnouncementProgress } from '../../../../protocols/posts/catalogue-announcer.js';
import type {
  FollowedCatalogue,
  PostStore,
  StoredDownload,
  StoredPost,
} from '../../../../client/engine/core/post-store.js';
import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoCounter } from './undo-counter.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';

export class MemoryPosts implements PostStore {
  private readonly posts: UndoMap<string, StoredPost>;
  private readonly followedCatalogues: UndoMap<string, FollowedCatalogue>;
  private readonly tolds: UndoMap<string, AnnouncementProgress>;
  private readonly wanted: UndoMap<string, { order: number; download: StoredDownload }>;
  private readonly orders: UndoCounter;

  constructor(log: UndoLog) {
    this.posts = new UndoMap(log);
    this.followedCatalogues = new UndoMap(log);
    this.tolds = new UndoMap(log);
    this.wanted = new UndoMap(log);
    this.orders = new UndoCounter(log);
  }

  post(author: string, id: string): StoredPost | null {
    return this.posts.get(keyOf(author, id)) ?? null;
  }

  put(post: StoredPost): void {
    this.posts.set(keyOf(post.author, post.id), post);
  }

  of(author: string, limit: number, before: StoredPost | null): StoredPost[] {
    return this.newest((post) => post.author === author, limit, before);
  }

  feed(besides: string, limit: number, before: StoredPost | null): StoredPost[] {
    return this.newest((post) => post.author !== besides, limit, before);
  }

  changesAfter(author: string, change: number, limit: number): StoredPost[] {
    return this.changes(author)
      .filter((post) => post.change > change)
      .slice(0, limit);
  }

  newestChanges(author: string, limit: number): StoredPost[] {
    return this.changes(author).reverse().slice(0, limit);
  }

  lastChange(author: string): number {
    return this.changes(author).at(-1)?.change ?? 0;
  }

  withId(id: string): StoredPost[] {
    const found = this.posts.values().filter((post) => post.id === id && !post.isRemoved);
    return found.sort((a, b) => order(a.author, b.author));
  }

  dropOtherDevices(author: string, device: string): string[] {
    const others = this.changes(author).filter((post) => post.device !== device);
    for (const { id } of others) this.posts.delete(keyOf(author, id));
    return others.filter((post) => !post.isRemoved).map(({ id }) => id);
  }

  keepNewest(author: string, count: number): void {
    for (const { id } of this.changes(author).reverse().slice(count)) this.posts.delete(keyOf(author, id));
  }

  dropAuthor(author: string): void {
    this.keepNewest(author, 0);
  }

  followedCatalogue(author: string): FollowedCatalogue | null {
    return this.followedCatalogues.get(author) ?? null;
  }

  putFollowedCatalogue(catalogue: FollowedCatalogue): void {
    this.followedCatalogues.set(catalogue.author, catalogue);
  }

  dropFollowing(author: string): void {
    this.followedCatalogues.delete(author);
  }

  told(friend: string): AnnouncementProgress | null {
    return this.tolds.get(friend) ?? null;
  }

  putTold(friend: string, told: AnnouncementProgress): void {
    this.tolds.set(friend, told);
  }

  dropTold(friend: string): void {
    this.tolds.delete(friend);
  }

  dropAllTold(): void {
    for (const [friend] of this.tolds.all()) this.tolds.delete(friend);
  }

  downloads(): StoredDownload[] {
    const sorted = this.wanted.values().sort((a, b) => a.order - b.order);
    return sorted.map(({ download }) => download);
  }

  putDownload(download: StoredDownload): void {
    this.wanted.set(keyOf(download.author, download.id), { order: this.orders.raise(), download });
  }

  dropDownload(author: string, id: string): void {
    this.wanted.delete(keyOf(author, id));
  }

  private newest(isWanted: (post: StoredPost) => boolean, limit: number, before: StoredPost | null): StoredPost[] {
    const standing = this.posts.values().filter((post) => !post.isRemoved && isWanted(post));
    const sorted = standing.sort((a, b) => inTime(b, a));
    return sorted.filter((post) => before === null || inTime(post, before) < 0).slice(0, limit);
  }

  private changes(author: string): StoredPost[] {
    const own = this.posts.values().filter((post) => post.author === author);
    return own.sort((a, b) => a.change - b.change || order(a.id, b.id));
  }
}

function keyOf(author: string, id: string): string {
  return `${author} ${id}`;
}

function inTime(a: StoredPost, b: StoredPost): number {
  return a.at - b.at || order(a.id, b.id) || order(a.author, b.author);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
