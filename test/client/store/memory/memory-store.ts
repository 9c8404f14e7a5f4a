// The client's store in memory, for the simulator. It behaves like the one on disk, transactions included.

import type { LetterKind } from '../../../../protocols/letters/messages.js';
import type {
  Added,
  GroupAuthor,
  OwnLetterKey,
  Person,
  QueuedLetter,
  SearchQuery,
  StoredAmount,
  StoredMessage,
  StoredState,
  TransactionalStore,
  Waiting,
} from '../../../../client/engine/core/store.js';
import { readConversation } from '../../../../client/engine/core/conversation-id.js';
import { UndoCounter } from './undo-counter.js';
import { MemoryGroupStore } from './memory-group-store.js';
import { MemoryLetters } from './memory-letters.js';
import { MemoryMessages } from './memory-messages.js';
import { MemoryOutbox } from './memory-outbox.js';
import { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';
import { MemoryOneTimeKeys } from './memory-one-time-keys.js';
import { MemoryPosts } from './memory-posts.js';

export class MemoryStore implements TransactionalStore {
  private readonly log = new UndoLog();
  private readonly boots = new UndoCounter(this.log);
  private readonly settings = new UndoMap<string, string>(this.log);
  private readonly persons = new UndoMap<string, Person>(this.log);
  private readonly messages = new MemoryMessages(this.log);
  private readonly outbox = new MemoryOutbox(this.log, this.messages);
  private readonly letterQueue = new MemoryLetters(this.log);
  private readonly ownLetterKeys = new UndoMap<string, OwnLetterKey>(this.log);
  readonly oneTimeKeys = new MemoryOneTimeKeys(this.log);
  readonly posts = new MemoryPosts(this.log);
  /** A rollback may leave an empty group store, which is harmless. */
  private readonly groupStores = new Map<string, MemoryGroupStore>();

  transaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** A transaction in steps (`begin`, then `commit` or `rollback`), so that the simulator can crash in between. */
  begin(): void {
    this.log.begin();
  }

  commit(): void {
    this.log.commit();
  }

  rollback(): void {
    this.log.rollback();
  }

  /** Keeps the content: the next run of the client may use the same store. */
  close(): void {}

  raiseBoot(): number {
    return this.boots.raise();
  }

  size(): StoredAmount {
    return { messages: this.messages.count(), bytes: 0 };
  }

  setting(name: string): string | null {
    return this.settings.get(name) ?? null;
  }

  putSetting(name: string, value: string): void {
    this.settings.set(name, value);
  }

  people(): Person[] {
    return this.persons.values().sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  putPerson(person: Person): void {
    this.persons.set(person.name, person);
  }

  dropPerson(name: string): void {
    this.persons.delete(name);
  }

  addMessage(message: StoredMessage): Added {
    return this.messages.add(message);
  }

  addOutgoing(message: StoredMessage): void {
    this.outbox.add(message);
  }

  message(id: string): StoredMessage | null {
    return this.messages.entry(id)?.message ?? null;
  }

  messageAt(peer: string, device: string, seq: number): StoredMessage | null {
    return this.messages.inLane(peer, device, seq);
  }

  lastShownSeq(peer: string, device: string): number {
    return this.messages.lastShownSeq(peer, device);
  }

  heldBack(peer: string, device: string, limit: number): StoredMessage[] {
    return this.messages.heldBack(peer, device, limit);
  }

  lanes(peer: string): string[] {
    return this.messages.lanes(peer);
  }

  laneAfter(peer: string, device: string, seq: number, limit: number): StoredMessage[] {
    return this.messages.laneAfter(peer, device, seq, limit);
  }

  dropUnsettled(id: string): boolean {
    return this.outbox.drop(id);
  }

  setShown(ids: readonly string[]): void {
    this.messages.setShown(ids);
  }

  setState(id: string, state: StoredState): void {
    this.messages.setState(id, state);
  }

  lastSeq(peer: string, device: string, kind: StoredMessage['kind']): number {
    return this.messages.lastSeq(peer, device, kind);
  }

  lastDelivered(peer: string, device: string): number {
    return this.messages.lastDelivered(peer, device);
  }

  lastLamport(peer: string): number {
    return this.messages.lastLamport(peer);
  }

  waitingFor(peer: string, afterSeq: number, limit: number, onlyQueued: boolean): Waiting[] {
    return this.outbox.waitingFor(peer, afterSeq, limit, onlyQueued);
  }

  waiting(limit: number): Waiting[] {
    return this.outbox.oldest(limit);
  }

  waitingCounts(): Map<string, { queued: number; held: number }> {
    return this.outbox.counts();
  }

  settle(id: string, state: 'delivered' | 'cancelled'): boolean {
    return this.outbox.settle(id, state);
  }

  lastWaitingBefore(peer: string, seq: number): number {
    return this.outbox.lastBefore(peer, seq);
  }

  markHeld(ids: readonly string[], heldAt: number): string[] {
    return this.outbox.markHeld(ids, heldAt);
  }

  requeueHeld(heldBefore: number, peer: string | null): string[] {
    return this.outbox.requeueHeld(heldBefore, peer);
  }

  history(peer: string, limit: number, before: string | null): StoredMessage[] {
    return this.messages.history(peer, limit, before);
  }

  search(query: SearchQuery): StoredMessage[] {
    return this.messages.search(query, (message) => this.authorOf(message));
  }

  unreadCounts(): Map<string, number> {
    return this.messages.unreadCounts();
  }

  markRead(peer: string): Map<string, number> {
    return this.messages.markRead(peer);
  }

  markReadByPeer(peer: string, device: string, upTo: number): string[] {
    return this.messages.markReadByPeer(peer, device, upTo);
  }

  groups(): string[] {
    return [...this.groupStores].filter(([, groupStore]) => groupStore.entries().length > 0).map(([group]) => group);
  }

  groupStore(group: string): MemoryGroupStore {
    const known = this.groupStores.get(group);
    if (known) return known;
    const groupStore = new MemoryGroupStore(this.log, this.messages, group);
    this.groupStores.set(group, groupStore);
    return groupStore;
  }

  authorOf({ peer, device, seq, kind }: StoredMessage): GroupAuthor | null {
    const id = readConversation(peer);
    return kind === 'group' && id.type === 'group' ? this.groupStore(id.group).authorOf(device, seq) : null;
  }

  addLetter(letter: Omit<QueuedLetter, 'ref'>): void {
    this.letterQueue.add(letter);
  }

  letters(afterRef: number, limit: number): QueuedLetter[] {
    return this.letterQueue.after(afterRef, limit);
  }

  lettersTo(to: string, kind: LetterKind): QueuedLetter[] {
    return this.letterQueue.to(to, kind);
  }

  dropLetter(ref: number): void {
    this.letterQueue.drop(ref);
  }

  seeLetter(id: string, at: number): boolean {
    return this.letterQueue.see(id, at);
  }

  forgetLettersSeenBefore(at: number): void {
    this.letterQueue.forgetSeenBefore(at);
  }

  letterKeys(): OwnLetterKey[] {
    const place = ({ device, number }: OwnLetterKey) => `${device} ${String(number).padStart(16, '0')}`;
    return this.ownLetterKeys.values().sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  letterKey(key: string): OwnLetterKey | null {
    return this.ownLetterKeys.get(key) ?? null;
  }

  putLetterKey(key: OwnLetterKey): void {
    this.ownLetterKeys.set(key.key, key);
  }

  dropLetterKey(key: string): void {
    this.ownLetterKeys.delete(key);
  }
}
