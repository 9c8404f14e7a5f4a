// On disk: how far we follow each author, how far each friend follows us, and the downloads the user asked for.

import type { Database } from '../../../runtime/sqlite.js';
import type { AnnouncementProgress } from '../../../protocols/posts/catalogue-announcer.js';
import type { FollowedCatalogue, StoredDownload } from '../../engine/core/post-store.js';

interface FollowedCatalogueRow {
  readonly author: string;
  readonly device: string | null;
  readonly up_to: number;
  readonly whole: number;
  readonly since: number;
  readonly grant_payload: string | null;
  readonly grant_signature: string | null;
  readonly proof: string | null;
}

export class FollowStore {
  constructor(private readonly database: Database) {}

  followedCatalogue(author: string): FollowedCatalogue | null {
    const row = this.database.prepare<FollowedCatalogueRow>('SELECT * FROM followings WHERE author = ?').get(author);
    return row ? followedCatalogueOf(row) : null;
  }

  putFollowedCatalogue({ author, cursor, since, grant }: FollowedCatalogue): void {
    const row = this.database.prepare(`
      INSERT OR REPLACE INTO followings (author, device, up_to, whole, since, grant_payload, grant_signature, proof)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    const position = [cursor?.device ?? null, cursor?.upTo ?? 0, Number(cursor?.isComplete ?? false)];
    row.run(author, ...position, since, grant?.payload ?? null, grant?.signature ?? null, cursor?.proof ?? null);
  }

  dropFollowing(author: string): void {
    this.database.prepare('DELETE FROM followings WHERE author = ?').run(author);
  }

  told(friend: string): AnnouncementProgress | null {
    const row = this.database.prepare<AnnouncementProgress>(`
      SELECT acknowledged, left_up_to AS mailedUpTo, letters, left_at AS mailedAt FROM told WHERE friend = ?`);
    return row.get(friend) ?? null;
  }

  putTold(friend: string, { acknowledged, mailedUpTo, letters, mailedAt }: AnnouncementProgress): void {
    const row = this.database.prepare(`
      INSERT OR REPLACE INTO told (friend, acknowledged, left_up_to, letters, left_at) VALUES (?, ?, ?, ?, ?)`);
    row.run(friend, acknowledged, mailedUpTo, letters, mailedAt);
  }

  dropTold(friend: string): void {
    this.database.prepare('DELETE FROM told WHERE friend = ?').run(friend);
  }

  dropAllTold(): void {
    this.database.prepare('DELETE FROM told').run();
  }

  downloads(): StoredDownload[] {
    const rows = this.database.prepare<{ author: string; id: string; target: string | null; force: number }>(
      'SELECT author, id, target, force FROM downloads ORDER BY nth',
    );
    return rows.all().map(({ author, id, target, force }) => ({ author, id, to: target, force: force === 1 }));
  }

  putDownload({ author, id, to, force }: StoredDownload): void {
    const row = this.database.prepare(
      'INSERT OR REPLACE INTO downloads (author, id, target, force) VALUES (?, ?, ?, ?)',
    );
    row.run(author, id, to, Number(force));
  }

  dropDownload(author: string, id: string): void {
    this.database.prepare('DELETE FROM downloads WHERE author = ? AND id = ?').run(author, id);
  }
}

function followedCatalogueOf(row: FollowedCatalogueRow): FollowedCatalogue {
  const { author, device, up_to: upTo, whole, since, grant_payload: payload, grant_signature: signature, proof } = row;
  return {
    author,
    cursor: device === null ? null : { device, upTo, isComplete: whole === 1, proof },
    since,
    grant: payload === null || signature === null ? null : { payload, signature },
  };
}
