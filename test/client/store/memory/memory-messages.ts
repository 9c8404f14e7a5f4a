// Messages in memory. Queries scan a conversation, which is fast enough: an engine asks for whole lanes only when it
// starts.

import { assert } from '../../../../protocols/kit/machine.js';
import type {
  Added,
  GroupAuthor,
  SearchQuery,
  StoredMessage,
  StoredState,
} from '../../../../client/engine/core/store.js';
import { UndoCounter } from './undo-counter.js';
import { OrderedConversation, type MessageEntry } from './ordered-conversation.js';
import { matchesQuery } from './search-match.js';
import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';

/** The states of a message of mine that its recipient acknowledged. */
const ACKNOWLEDGED: ReadonlySet<StoredState> = new Set(['delivered', 'read']);

export class MemoryMessages {
  private readonly byId: UndoMap<string, MessageEntry>;
  private readonly byPosition: UndoMap<string, MessageEntry>;
  private readonly conversations = new Map<string, OrderedConversation>();
  private readonly order: UndoCounter;

  constructor(private readonly log: UndoLog) {
    this.byId = new UndoMap(log);
    this.byPosition = new UndoMap(log);
    this.order = new UndoCounter(log);
  }

  add(message: StoredMessage): Added {
    const known = this.byId.get(message.id)?.message;
    if (known) return isOfSameLane(known, message) ? 'known' : 'conflict';
    if (this.byPosition.has(positionOf(message))) return 'conflict';
    this.append(message);
    return 'added';
  }

  addOwn(message: StoredMessage): void {
    assert(!this.byPosition.has(positionOf(message)), 'every message of ours has a unique seq');
    this.append(message);
  }

  entry(id: string): MessageEntry | undefined {
    return this.byId.get(id);
  }

  inLane(peer: string, device: string, seq: number): StoredMessage | null {
    return this.byPosition.get(positionOf({ peer, device, kind: 'chat', seq }))?.message ?? null;
  }

  setState(id: string, state: StoredState): void {
    const entry = this.byId.get(id);
    if (entry) this.change(entry, { state });
  }

  setShown(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.byId.get(id);
      if (entry) this.change(entry, { shown: true });
    }
  }

  setVisibility(id: string, visibility: Pick<StoredMessage, 'shown' | 'after'>): void {
    const entry = this.byId.get(id);
    if (entry) this.change(entry, visibility);
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

  remove(entry: MessageEntry): void {
    this.byId.delete(entry.message.id);
    this.byPosition.delete(positionOf(entry.message));
    this.conversations.get(entry.message.peer)?.remove(entry);
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
    const delivered = this.chatOf(peer, device).filter(({ mine, state }) => mine && ACKNOWLEDGED.has(state));
    return highest(delivered.map(({ seq }) => seq));
  }

  lastLamport(peer: string): number {
    return this.conversations.get(peer)?.all.at(-1)?.message.lamport ?? 0;
  }

  history(peer: string, limit: number, before: string | null): StoredMessage[] {
    const ordered = this.conversations.get(peer);
    const start = before === null ? null : this.byId.get(before)?.message;
    if (!ordered || start === undefined || (start && start.peer !== peer)) return [];
    const page: StoredMessage[] = [];
    for (let at = start ? ordered.indexOf(start) : ordered.all.length; at > 0 && page.length < limit; at -= 1) {
      const message = ordered.all[at - 1]?.message;
      if (message?.shown) page.push(message);
    }
    return page.reverse();
  }

  count(): number {
    return [...this.conversations.values()].reduce((sum, ordered) => sum + ordered.all.length, 0);
  }

  /** `groupAuthorOf`: who wrote a message of a group, null for other messages. */
  search(query: SearchQuery, groupAuthorOf: (message: StoredMessage) => GroupAuthor | null): StoredMessage[] {
    const all = [...this.conversations.values()].flatMap((ordered) => ordered.all);
    const found = all
      .filter(({ message }) => matchesQuery(message, groupAuthorOf(message), query))
      .sort((a, b) => b.order - a.order);
    return found.slice(0, query.limit).map(({ message }) => message);
  }

  unreadCounts(): Map<string, number> {
    const counts = [...this.conversations.keys()].map((peer) => [peer, this.unread(peer).length] as const);
    return new Map(counts.filter(([, unread]) => unread > 0));
  }

  markRead(peer: string): Map<string, number> {
    const marks = new Map<string, number>();
    for (const entry of this.unread(peer)) {
      const { kind, device, seq } = entry.message;
      this.change(entry, { state: 'read' });
      if (kind === 'chat') marks.set(device, Math.max(seq, marks.get(device) ?? 0));
    }
    return marks;
  }

  markReadByPeer(peer: string, device: string, upTo: number): string[] {
    const isSeen = ({ message }: MessageEntry): boolean =>
      isChatOf(message, device) && message.mine && message.state === 'delivered' && message.seq <= upTo;
    const seen = this.of(peer).filter(isSeen);
    for (const entry of seen) this.change(entry, { state: 'read' });
    return seen
      .map(({ message }) => message)
      .sort(bySeq)
      .map(({ id }) => id);
  }

  private append(message: StoredMessage): void {
    const entry = { order: this.order.raise(), message };
    this.byId.set(message.id, entry);
    this.byPosition.set(positionOf(message), entry);
    this.orderedOf(message.peer).insert(entry);
  }

  private change(entry: MessageEntry, change: Partial<Pick<StoredMessage, 'state' | 'shown' | 'after'>>): void {
    const before = entry.message;
    entry.message = { ...before, ...change };
    this.log.record(() => (entry.message = before));
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

  /** A rollback may leave an empty conversation, which is harmless. */
  private orderedOf(peer: string): OrderedConversation {
    const known = this.conversations.get(peer);
    if (known) return known;
    const ordered = new OrderedConversation(this.log);
    this.conversations.set(peer, ordered);
    return ordered;
  }
}

function positionOf({ peer, device, kind, seq }: Pick<StoredMessage, 'peer' | 'device' | 'kind' | 'seq'>): string {
  return `${peer} ${device} ${kind} ${seq}`;
}

/** Not by `seq`: a quick message that is sent again has the same id and may have another `seq`. */
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
