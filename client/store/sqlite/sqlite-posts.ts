// The store of posts, on disk. An index serves every list, so that a page costs the same however many posts there are.

import type { Database, SqlValue } from '../../../runtime/sqlite.js';
import type { AnnouncementProgress } from '../../../protocols/posts/catalogue-announcer.js';
import type { FollowedCatalogue, Held, PostStore, StoredDownload, StoredPost } from '../../engine/core/post-store.js';
import { FollowStore } from './follow-store.js';

/** `held`: 0 nowhere, 1 in the posts folder, 2 at `path`. */
export const POST_TABLES = `
  CREATE TABLE posts (
    author TEXT NOT NULL,
    id TEXT NOT NULL,
    device TEXT NOT NULL,
    change INTEGER NOT NULL,
    at INTEGER NOT NULL,
    title TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    reshared INTEGER NOT NULL,
    text TEXT,
    removed INTEGER NOT NULL,
    held INTEGER NOT NULL,
    path TEXT NOT NULL,
    stamp TEXT NOT NULL,
    PRIMARY KEY (author, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX posts_by_change ON posts (author, change, id);
  CREATE INDEX posts_by_time ON posts (author, at, id) WHERE removed = 0;
  CREATE INDEX posts_in_feed ON posts (at, id, author) WHERE removed = 0;
  CREATE INDEX posts_by_id ON posts (id, author) WHERE removed = 0;

  CREATE TABLE followings (
    author TEXT PRIMARY KEY,
    device TEXT,
    up_to INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    since INTEGER NOT NULL,
    grant_payload TEXT,
    grant_signature TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE told (
    friend TEXT PRIMARY KEY,
    acknowledged INTEGER NOT NULL,
    left_up_to INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    left_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE downloads (
    nth INTEGER PRIMARY KEY AUTOINCREMENT,
    author TEXT NOT NULL,
    id TEXT NOT NULL,
    target TEXT,
    force INTEGER NOT NULL,
    UNIQUE (author, id)
  ) STRICT;
`;

const HELD = ['nowhere', 'posts', 'path'] as const;

interface Row extends Omit<StoredPost, 'isReshared' | 'isRemoved' | 'held'> {
  readonly reshared: number;
  readonly removed: number;
  readonly held: number;
  readonly path: string;
  readonly stamp: string;
}

const FIRST = Number.MAX_SAFE_INTEGER;

export class SqlitePosts implements PostStore {
  private readonly follows: FollowStore;

  constructor(private readonly database: Database) {
    this.follows = new FollowStore(database);
  }

  post(author: string, id: string): StoredPost | null {
    return this.rows('SELECT * FROM posts WHERE author = ? AND id = ?', author, id)[0] ?? null;
  }

  put(post: StoredPost): void {
    const row = this.database.prepare(`
      INSERT OR REPLACE INTO posts (author, id, device, change, at, title, name, type, size, sha256, reshared, text,
        removed, held, path, stamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    row.run(...valuesOf(post));
  }

  of(author: string, limit: number, before: StoredPost | null): StoredPost[] {
    const sql = `SELECT * FROM posts WHERE author = ? AND removed = 0 AND (at, id) < (?, ?)
      ORDER BY at DESC, id DESC LIMIT ?`;
    return this.rows(sql, author, before?.at ?? FIRST, before?.id ?? '', limit);
  }

  feed(besides: string, limit: number, before: StoredPost | null): StoredPost[] {
    const sql = `SELECT * FROM posts WHERE removed = 0 AND (at, id, author) < (?, ?, ?) AND author != ?
      ORDER BY at DESC, id DESC, author DESC LIMIT ?`;
    return this.rows(sql, before?.at ?? FIRST, before?.id ?? '', before?.author ?? '', besides, limit);
  }

  changesAfter(author: string, change: number, limit: number): StoredPost[] {
    const sql = 'SELECT * FROM posts WHERE author = ? AND change > ? ORDER BY change, id LIMIT ?';
    return this.rows(sql, author, change, limit);
  }

  newestChanges(author: string, limit: number): StoredPost[] {
    return this.rows('SELECT * FROM posts WHERE author = ? ORDER BY change DESC, id DESC LIMIT ?', author, limit);
  }

  lastChange(author: string): number {
    const last = this.database.prepare<{ change: number | null }>(
      'SELECT max(change) AS change FROM posts WHERE author = ?',
    );
    return last.get(author)?.change ?? 0;
  }

  withId(id: string): StoredPost[] {
    return this.rows('SELECT * FROM posts WHERE id = ? AND removed = 0 ORDER BY author', id);
  }

  dropOtherDevices(author: string, device: string): string[] {
    const sql = 'SELECT * FROM posts WHERE author = ? AND device != ? AND removed = 0 ORDER BY change, id';
    const standing = this.rows(sql, author, device);
    this.database.prepare('DELETE FROM posts WHERE author = ? AND device != ?').run(author, device);
    return standing.map(({ id }) => id);
  }

  keepNewest(author: string, count: number): void {
    const sql = `DELETE FROM posts WHERE author = ? AND id IN
      (SELECT id FROM posts WHERE author = ? ORDER BY change DESC, id DESC LIMIT -1 OFFSET ?)`;
    this.database.prepare(sql).run(author, author, count);
  }

  dropAuthor(author: string): void {
    this.database.prepare('DELETE FROM posts WHERE author = ?').run(author);
  }

  followedCatalogue(author: string): FollowedCatalogue | null {
    return this.follows.followedCatalogue(author);
  }

  putFollowedCatalogue(catalogue: FollowedCatalogue): void {
    this.follows.putFollowedCatalogue(catalogue);
  }

  dropFollowing(author: string): void {
    this.follows.dropFollowing(author);
  }

  told(friend: string): AnnouncementProgress | null {
    return this.follows.told(friend);
  }

  putTold(friend: string, told: AnnouncementProgress): void {
    this.follows.putTold(friend, told);
  }

  dropTold(friend: string): void {
    this.follows.dropTold(friend);
  }

  dropAllTold(): void {
    this.follows.dropAllTold();
  }

  downloads(): StoredDownload[] {
    return this.follows.downloads();
  }

  putDownload(download: StoredDownload): void {
    this.follows.putDownload(download);
  }

  dropDownload(author: string, id: string): void {
    this.follows.dropDownload(author, id);
  }

  private rows(sql: string, ...values: SqlValue[]): StoredPost[] {
    return this.database
      .prepare<Row>(sql)
      .all(...values)
      .map(postOf);
  }
}

function valuesOf(post: StoredPost): SqlValue[] {
  const { author, id, device, change, at, title, name, type, size, sha256, text, held } = post;
  const where = held.at === 'path' ? [held.path, held.stamp] : ['', ''];
  const flags = [Number(post.isRemoved), HELD.indexOf(held.at)];
  const about = [author, id, device, change, at, title, name, type, size, sha256];
  return [...about, Number(post.isReshared), text, ...flags, ...where];
}

function postOf({ reshared, removed, held, path, stamp, ...row }: Row): StoredPost {
  return { ...row, isReshared: reshared === 1, isRemoved: removed === 1, held: heldOf(held, path, stamp) };
}

function heldOf(held: number, path: string, stamp: string): Held {
  const at = HELD[held] ?? 'nowhere';
  return at === 'path' ? { at, path, stamp } : { at };
}
