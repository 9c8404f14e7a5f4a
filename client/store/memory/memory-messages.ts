// Messages in memory. An engine asks for whole lanes only when it starts, so these are found by looking through them.

import { assert } from '../../../protocols/kit/machine.js';
import type { Added, SearchQuery, StoredMessage, StoredState } from '../../engine/core/store.js';
import { UndoCounter } from './undo-counter.js';
import { OrderedConversation, type MessageEntry } from './ordered-conversation.js';
import { matchesQuery } from './search-match.js';
import type { UndoLog } from './undo-log.js';
import { UndoMap } from './undo-map.js';

/** States of a message of mine that was acknowledged. */
const HAS_ARRIVED: ReadonlySet<StoredState> = new Set(['delivered', 'read']);

export class MemoryMessages {
  private readonly byId: UndoMap<string, MessageEntry>;
  private readonly byPlace: UndoMap<string, MessageEntry>;
  private readonly conversations = new Map<string, OrderedConversation>();
  private readonly order: UndoCounter;

  constructor(private readonly log: UndoLog) {
    this.byId = new UndoMap(log);
    this.byPlace = new UndoMap(log);
    this.order = new UndoCounter(log);
  }

  add(message: StoredMessage): Added {
    const known = this.byId.get(message.id)?.message;
    if (known) return isOfSameLane(known, message) ? 'known' : 'conflict';
    if (this.byPlace.has(placeOf(message))) return 'conflict';
    this.append(message);
    return 'added';
  }

  addOwn(message: StoredMessage): void {
    assert(!this.byPlace.has(placeOf(message)), 'a message of ours has a seq of its own');
    this.append(message);
  }

  row(id: string): MessageEntry | undefined {
    return this.byId.get(id);
  }

  inLane(peer: string, device: string, seq: number): StoredMessage | null {
    return this.byPlace.get(placeOf({ peer, device, kind: 'chat', seq }))?.message ?? null;
  }

  setState(id: string, state: StoredState): void {
    const row = this.byId.get(id);
    if (row) this.change(row, { state });
  }

  setShown(ids: readonly string[]): void {
    for (const id of ids) {
      const row = this.byId.get(id);
      if (row) this.change(row, { shown: true });
    }
  }

  setSight(id: string, sight: Pick<StoredMessage, 'shown' | 'after'>): void {
    const row = this.byId.get(id);
    if (row) this.change(row, sight);
  }

  lanes(peer: string): string[] {
    return [...new Set(this.of(peer).map(({ message }) => message.device))].sort();
  }

  laneAfter(peer: string, device: string, seq: number, limit: number): StoredMessage[] {
    const lane = this.chatOf(peer, device).filter((message) => message.seq > seq && message.shown);
    return lane
      .filter(({ state }) => state !== 'cancelled')
      .sort(bySeq)
      .slice(0, limit);
  }

  /** Takes a message away. */
  remove(row: MessageEntry): void {
    this.byId.delete(row.message.id);
    this.byPlace.delete(placeOf(row.message));
    this.conversations.get(row.message.peer)?.remove(row);
  }

  heldBack(peer: string, device: string, limit: number): StoredMessage[] {
    const held = this.chatOf(peer, device).filter(({ shown }) => !shown);
    return held.sort(bySeq).slice(0, limit);
  }

  lastShownSeq(peer: string, device: string): number {
    return highest(
      this.chatOf(peer, device)
        .filter(({ shown }) => shown)
        .map(({ seq }) => seq),
    );
  }

  lastSeq(peer: string, device: string, kind: StoredMessage['kind']): number {
    const lane = this.of(peer).filter(({ message }) => message.device === device && message.kind === kind);
    return highest(lane.map(({ message }) => message.seq));
  }

  lastDelivered(peer: string, device: string): number {
    const delivered = this.chatOf(peer, device).filter(({ mine, state }) => mine && HAS_ARRIVED.has(state));
    return highest(delivered.map(({ seq }) => seq));
  }

  lastLamport(peer: string): number {
    return this.conversations.get(peer)?.all.at(-1)?.message.lamport ?? 0;
  }

  history(peer: string, limit: number, before: string | null): StoredMessage[] {
    const rows = this.conversations.get(peer);
    const start = before === null ? null : this.byId.get(before)?.message;
    if (!rows || start === undefined || (start && start.peer !== peer)) return [];
    const page: StoredMessage[] = [];
    for (let at = start ? rows.indexOf(start) : rows.all.length; at > 0 && page.length < limit; at -= 1) {
      const message = rows.all[at - 1]?.message;
      if (message?.shown) page.push(message);
    }
    return page.reverse();
  }

  search(query: SearchQuery): StoredMessage[] {
    const all = [...this.conversations.values()].flatMap((rows) => rows.all);
    const found = all.filter(({ message }) => matchesQuery(message, query)).sort((a, b) => b.order - a.order);
    return found.slice(0, query.limit).map(({ message }) => message);
  }

  unreadCounts(): Map<string, number> {
    const counts = [...this.conversations.keys()].map((peer) => [peer, this.unread(peer).length] as const);
    return new Map(counts.filter(([, unread]) => unread > 0));
  }

  markRead(peer: string): Map<string, number> {
    const marks = new Map<string, number>();
    for (const row of this.unread(peer)) {
      const { kind, device, seq } = row.message;
      this.change(row, { state: 'read' });
      if (kind === 'chat') marks.set(device, Math.max(seq, marks.get(device) ?? 0));
    }
    return marks;
  }

  markReadByPeer(peer: string, device: string, upTo: number): string[] {
    const isSeen = ({ message }: MessageEntry): boolean =>
      isChatOf(message, device) && message.mine && message.state === 'delivered' && message.seq <= upTo;
    const seen = this.of(peer).filter(isSeen);
    for (const row of seen) this.change(row, { state: 'read' });
    return seen
      .map(({ message }) => message)
      .sort(bySeq)
      .map(({ id }) => id);
  }

  private append(message: StoredMessage): void {
    const row = { order: this.order.raise(), message };
    this.byId.set(message.id, row);
    this.byPlace.set(placeOf(message), row);
    this.rowsOf(message.peer).insert(row);
  }

  private change(row: MessageEntry, change: Partial<Pick<StoredMessage, 'state' | 'shown' | 'after'>>): void {
    const before = row.message;
    row.message = { ...before, ...change };
    this.log.note(() => (row.message = before));
  }

  private of(peer: string): readonly MessageEntry[] {
    return this.conversations.get(peer)?.all ?? [];
  }

  private chatOf(peer: string, device: string): StoredMessage[] {
    return this.of(peer)
      .map(({ message }) => message)
      .filter((message) => isChatOf(message, device));
  }

  private unread(peer: string): MessageEntry[] {
    return this.of(peer).filter(({ message }) => !message.mine && message.state === 'delivered' && message.shown);
  }

  /** An empty conversation that outlives a rollback does no harm. */
  private rowsOf(peer: string): OrderedConversation {
    const known = this.conversations.get(peer);
    if (known) return known;
    const rows = new OrderedConversation(this.log);
    this.conversations.set(peer, rows);
    return rows;
  }
}

function placeOf({ peer, device, kind, seq }: Pick<StoredMessage, 'peer' | 'device' | 'kind' | 'seq'>): string {
  return `${peer} ${device} ${kind} ${seq}`;
}

/** A quick message that is sent again has the id it had, and may come with another number. */
function isOfSameLane(a: StoredMessage, b: StoredMessage): boolean {
  return a.peer === b.peer && a.device === b.device && a.kind === b.kind;
}

function isChatOf(message: StoredMessage, device: string): boolean {
  return message.device === device && message.kind === 'chat';
}

function bySeq(a: StoredMessage, b: StoredMessage): number {
  return a.seq - b.seq;
}

function highest(seqs: readonly number[]): number {
  return seqs.reduce((a, b) => Math.max(a, b), 0);
}
