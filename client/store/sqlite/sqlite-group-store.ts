// The store of one group, on disk: log entries, memos and signed messages. The texts are in the conversation.

import type { Signed } from '../../../protocols/kit/signed.js';
import type {
  GroupStore,
  StoredGroupMessage,
  DeviceSeq,
  Visibility,
} from '../../../protocols/groups/member/group-store.js';
import type { Database, SqlValue } from '../../../runtime/sqlite.js';
import type { GroupAuthor } from '../../engine/core/store.js';
import { storedGroup } from '../../engine/core/conversation-id.js';
import { toStoredMessage, visibilityColumns, groupMessageState, visibilityOf } from '../group-message.js';
import { GROUP, kindCode } from './messages/message-codes.js';
import { COLUMNS_OF_MESSAGES, messageOf, type MessageRow } from './messages/message-rows.js';
import type { SqliteMessages } from './messages/sqlite-messages.js';
import type { NameNumbers } from './messages/name-numbers.js';

interface SignedRow {
  readonly payload: string;
  readonly signature: string;
}

type GroupRow = MessageRow & SignedRow & { readonly author: string; readonly author_key: string };

const SELECT = `
  SELECT ${COLUMNS_OF_MESSAGES}, author, author_key, payload, signature
  FROM messages CROSS JOIN group_messages USING (message)`;

export class SqliteGroupStore implements GroupStore {
  constructor(
    private readonly database: Database,
    private readonly parts: { readonly names: NameNumbers; readonly messages: SqliteMessages },
    private readonly group: string,
  ) {}

  memo(name: string): string | null {
    const memo = this.database.prepare<{ text: string }>('SELECT text FROM group_memos WHERE peer = ? AND name = ?');
    return memo.get(this.peer, name)?.text ?? null;
  }

  putMemo(name: string, text: string): void {
    const put = this.database.prepare('INSERT OR REPLACE INTO group_memos (peer, name, text) VALUES (?, ?, ?)');
    put.run(this.peer, name, text);
  }

  memos(prefix: string): { name: string; text: string }[] {
    const found = this.database.prepare<{ name: string; text: string }>(`
      SELECT name, text FROM group_memos WHERE peer = ? AND name >= ? AND substr(name, 1, ?) = ? ORDER BY name`);
    return found.all(this.peer, prefix, prefix.length, prefix);
  }

  entries(): Signed[] {
    const entries = this.database.prepare<SignedRow>(`
      SELECT payload, signature FROM group_entries WHERE peer = ? ORDER BY place`);
    return entries.all(this.peer).map(({ payload, signature }) => ({ payload, signature }));
  }

  putEntry(index: number, { payload, signature }: Signed): void {
    const put = this.database.prepare(`
      INSERT OR REPLACE INTO group_entries (peer, place, payload, signature) VALUES (?, ?, ?, ?)`);
    put.run(this.peer, index, payload, signature);
  }

  dropEntriesFrom(index: number): void {
    this.database.prepare('DELETE FROM group_entries WHERE peer = ? AND place >= ?').run(this.peer, index);
  }

  addMessage(message: StoredGroupMessage): boolean {
    if (this.parts.messages.add(toStoredMessage(this.group, message)) !== 'added') return false;
    const { by, key, signed } = message;
    const add = this.database.prepare(`
      INSERT INTO group_messages (message, author, author_key, payload, signature) VALUES (?, ?, ?, ?, ?)`);
    add.run(this.parts.messages.lastRow, by, key, signed.payload, signed.signature);
    return true;
  }

  messageAt(device: string, seq: number): StoredGroupMessage | null {
    const number = this.parts.names.device(device);
    return this.select('peer = ? AND device = ? AND kind = ? AND seq = ?', [this.peer, number, GROUP, seq])[0] ?? null;
  }

  lastSeqs(): DeviceSeq[] {
    const last = this.database.prepare<{ seq: number | null }>(`
      SELECT max(seq) AS seq FROM messages WHERE peer = ? AND device = ? AND kind = ?`);
    return this.parts.messages.lanes(storedGroup(this.group)).map((device) => {
      const seq = last.get(this.peer, this.parts.names.device(device), GROUP)?.seq ?? 0;
      return { device, seq };
    });
  }

  messagesFrom(device: string, afterSeq: number, limit: number): StoredGroupMessage[] {
    const values = [this.peer, this.parts.names.device(device), GROUP, afterSeq, limit];
    return this.select('peer = ? AND device = ? AND kind = ? AND seq > ? ORDER BY seq LIMIT ?', values);
  }

  heldBack(): StoredGroupMessage[] {
    return this.select(`peer = ? AND kind = ${kindCode('group')} AND shown = 0 AND follows = 0`, [this.peer]);
  }

  newestVisible(limit: number): StoredGroupMessage[] {
    const order = 'ORDER BY lamport DESC, device DESC, seq DESC LIMIT ?';
    return this.select(`peer = ? AND kind = ? AND shown = 1 ${order}`, [this.peer, GROUP, limit]).reverse();
  }

  lastLamport(): number {
    return this.parts.messages.lastLamport(storedGroup(this.group));
  }

  setVisibility(id: string, visibility: Visibility): void {
    this.parts.messages.setVisibility(id, visibilityColumns(visibility));
  }

  setState(id: string, state: StoredGroupMessage['state']): void {
    this.parts.messages.setState(id, state);
  }

  /** The author of a message of this group. */
  authorOf(device: string, seq: number): GroupAuthor | null {
    const message = this.messageAt(device, seq);
    return message && { name: message.by, key: message.key };
  }

  /** Looked up on each use: a rollback may undo the assignment of the number. */
  private get peer(): number {
    return this.parts.names.numberPeer(storedGroup(this.group));
  }

  private select(condition: string, values: readonly SqlValue[]): StoredGroupMessage[] {
    const found = this.database.prepare<GroupRow>(`${SELECT} WHERE ${condition}`);
    return found.all(...values).map((row) => toStoredGroupMessage(row, this.parts.names));
  }
}

function toStoredGroupMessage(row: GroupRow, names: NameNumbers): StoredGroupMessage {
  const { id, device, seq, lamport, at, text, mine, state, ...rest } = messageOf(row, names);
  const { author: by, author_key: key, payload, signature } = row;
  const signed = { payload, signature };
  return {
    id,
    by,
    key,
    device,
    seq,
    lamport,
    at,
    text,
    mine,
    visibility: visibilityOf(rest),
    state: groupMessageState(state),
    signed,
  };
}

/** The groups that have entries on disk, by id. */
export function groupsIn(database: Database): string[] {
  const groups = database.prepare<{ name: string }>(`
    SELECT name FROM peers WHERE peer IN (SELECT DISTINCT peer FROM group_entries) ORDER BY name`);
  return groups.all().map(({ name }) => name.slice(1));
}
