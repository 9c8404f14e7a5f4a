// The table of messages: adds, finds and changes one message at a time, and reads lanes. A lane is the messages of one
// device in one conversation.

import { assert } from '../../../../protocols/kit/machine.js';
import type { Database, Statement } from '../../../../runtime/sqlite.js';
import type { Added, StoredMessage, StoredState } from '../../../engine/core/store.js';
import { CHAT, kindCode, stateCode } from './message-codes.js';
import type { MessageIds } from './message-ids.js';
import { COLUMNS, PLACEHOLDERS, messageOf, rowValues, type MessageRow } from './message-rows.js';
import type { NameNumbers } from './name-numbers.js';

/** The chat messages of a lane. */
const LANE = `peer = ? AND device = ? AND kind = ${CHAT}`;

export class SqliteMessages {
  /** The highest row that was ever used. */
  lastRow = 0;
  private readonly insert: Statement<unknown>;
  private readonly byRow: Statement<MessageRow>;
  private readonly updateState: Statement<unknown>;
  private readonly updateShown: Statement<unknown>;

  constructor(
    private readonly database: Database,
    private readonly names: NameNumbers,
    private readonly ids: MessageIds,
  ) {
    this.insert = database.prepare(`
      INSERT INTO messages (${COLUMNS}) VALUES (${PLACEHOLDERS}) ON CONFLICT (peer, device, kind, seq) DO NOTHING`);
    this.byRow = database.prepare(`SELECT ${COLUMNS} FROM messages WHERE message = ?`);
    this.updateState = database.prepare('UPDATE messages SET state = ? WHERE message = ?');
    this.updateShown = database.prepare('UPDATE messages SET shown = 1 WHERE message = ?');
    this.reload();
  }

  /** Reads the highest row again, at the start and after a rollback. */
  reload(): void {
    // The row of a removed message is not used again: ids and search index count everything up to it as done.
    const last = this.database
      .prepare<{ row: number | null }>(
        `
      SELECT max((SELECT ifnull(max(message), 0) FROM messages), max(value)) AS row
      FROM counters WHERE name IN ('ids_moved', 'indexed')`,
      )
      .get();
    this.lastRow = last?.row ?? 0;
  }

  add(message: StoredMessage): Added {
    const known = this.get(message.id);
    if (known) return isOfSameLane(known, message) ? 'known' : 'conflict';
    return this.append(message) === null ? 'conflict' : 'added';
  }

  /** Adds a message of ours and gives its row. There is no conflict: we never use a seq twice. */
  addOwn(message: StoredMessage): number {
    const row = this.append(message);
    assert(row !== null, 'every message of ours has a unique seq');
    return row;
  }

  get(id: string): StoredMessage | null {
    const row = this.ids.find(id);
    return row === null ? null : this.at(row);
  }

  at(row: number): StoredMessage {
    const found = this.byRow.get(row);
    assert(found !== undefined, 'a row that is referred to exists');
    return messageOf(found, this.names);
  }

  setState(id: string, state: StoredState): void {
    const row = this.ids.find(id);
    if (row !== null) this.setStateAt(row, state);
  }

  setStateAt(row: number, state: StoredState): void {
    this.updateState.run(stateCode(state), row);
  }

  setShown(ids: readonly string[]): void {
    for (const id of ids) {
      const row = this.ids.find(id);
      if (row !== null) this.updateShown.run(row);
    }
  }

  setVisibility(id: string, { shown, after }: Pick<StoredMessage, 'shown' | 'after'>): void {
    const row = this.ids.find(id);
    if (row === null) return;
    this.database
      .prepare('UPDATE messages SET shown = ?, follows = ? WHERE message = ?')
      .run(Number(shown), after, row);
  }

  inLane(peer: string, device: string, seq: number): StoredMessage | null {
    const [found] = this.chatOf(peer, device, `messages WHERE ${LANE} AND seq = ?`, [seq]);
    return found ?? null;
  }

  heldBack(peer: string, device: string, limit: number): StoredMessage[] {
    // The index is named, because SQLite would choose to scan the whole lane.
    const source = 'messages INDEXED BY messages_held_back';
    return this.chatOf(peer, device, `${source} WHERE ${LANE} AND shown = 0 ORDER BY seq LIMIT ?`, [limit]);
  }

  lastShownSeq(peer: string, device: string): number {
    const [last] = this.chatOf(peer, device, `messages WHERE ${LANE} AND shown = 1 ORDER BY seq DESC LIMIT 1`, []);
    return last?.seq ?? 0;
  }

  /** The keys of the devices that wrote in a conversation. */
  lanes(peer: string): string[] {
    // One index lookup for each lane, instead of one for each message.
    const next = this.database.prepare<{ device: number | null }>(`
      SELECT min(device) AS device FROM messages WHERE peer = ? AND device > ?`);
    const number = this.names.peer(peer);
    const devices: string[] = [];
    let last = next.get(number, -1)?.device ?? null;
    for (; last !== null; last = next.get(number, last)?.device ?? null) devices.push(this.names.deviceKey(last));
    return devices;
  }

  laneAfter(peer: string, device: string, seq: number, limit: number): StoredMessage[] {
    const source = `messages WHERE ${LANE} AND seq > ? AND shown = 1 AND state != ${stateCode('cancelled')}`;
    return this.chatOf(peer, device, `${source} ORDER BY seq LIMIT ?`, [seq, limit]);
  }

  remove(id: string, row: number): void {
    this.database.prepare('DELETE FROM messages WHERE message = ?').run(row);
    this.ids.remove(id);
  }

  lastSeq(peer: string, device: string, kind: StoredMessage['kind']): number {
    const lane = this.database.prepare<{ seq: number | null }>(`
      SELECT max(seq) AS seq FROM messages WHERE peer = ? AND device = ? AND kind = ?`);
    return lane.get(this.names.peer(peer), this.names.device(device), kindCode(kind))?.seq ?? 0;
  }

  lastDelivered(peer: string, device: string): number {
    // Backwards, because messages that are not acknowledged yet are at the end of a lane.
    const arrived = `mine = 1 AND state IN (${stateCode('delivered')}, ${stateCode('read')})`;
    const [last] = this.chatOf(peer, device, `messages WHERE ${LANE} AND ${arrived} ORDER BY seq DESC LIMIT 1`, []);
    return last?.seq ?? 0;
  }

  lastLamport(peer: string): number {
    const last = this.database.prepare<{ lamport: number | null }>(`
      SELECT max(lamport) AS lamport FROM messages WHERE peer = ?`);
    return last.get(this.names.peer(peer))?.lamport ?? 0;
  }

  /** The row of the new message; null if another message has its peer, device, kind and seq. */
  private append(message: StoredMessage): number | null {
    const row = this.lastRow + 1;
    const { changes } = this.insert.run(...rowValues(row, message, this.names));
    if (changes === 0) return null;
    this.lastRow = row;
    this.ids.add(message.id, row);
    return row;
  }

  private chatOf(peer: string, device: string, source: string, values: readonly number[]): StoredMessage[] {
    const chat = this.database.prepare<MessageRow>(`SELECT ${COLUMNS} FROM ${source}`);
    const rows = chat.all(this.names.peer(peer), this.names.device(device), ...values);
    return rows.map((row) => messageOf(row, this.names));
  }
}

/** Not by `seq`: a quick message that is sent again has the same id and may have another `seq`. */
function isOfSameLane(a: StoredMessage, b: StoredMessage): boolean {
  return a.peer === b.peer && a.device === b.device && a.kind === b.kind;
}
