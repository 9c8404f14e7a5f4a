// The client's store on disk: one SQLite file, `client.db`. When a transaction returns, its writes are on disk.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { LetterKind } from '../../../protocols/letters/messages.js';
import { openDatabase, type Database, type Synchronous } from '../../../runtime/sqlite.js';
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
} from '../../engine/core/store.js';
import { readConversation } from '../../engine/core/conversation-id.js';
import { SqlitePosts } from './sqlite-posts.js';
import { SqliteSettings } from './sqlite-settings.js';
import { groupsIn, SqliteGroupStore } from './sqlite-group-store.js';
import { SqliteHistory } from './messages/sqlite-history.js';
import { SqliteLetterKeys, SqliteOneTimeKeys } from './sqlite-letter-keys.js';
import { SqliteLetters } from './sqlite-letters.js';
import { MessageIds } from './messages/message-ids.js';
import { SqliteMessages } from './messages/sqlite-messages.js';
import { NameNumbers } from './messages/name-numbers.js';
import { SqliteOutbox } from './messages/sqlite-outbox.js';
import { SqlitePeople } from './sqlite-people.js';
import { MIGRATIONS } from './schema.js';
import { SqliteSearch } from './messages/sqlite-search.js';

/** Opens or creates the file. `:memory:` gives a store that lives until it is closed. */
export function openSqliteStore(path: string): SqliteStore {
  const database = openDatabase(path, { migrations: MIGRATIONS });
  database.exec('PRAGMA secure_delete = FAST'); // deleted letter keys are overwritten
  database.exec(`PRAGMA cache_size = -${LIMITS.storeCacheKib}`);
  return new SqliteStore(database);
}

export class SqliteStore implements TransactionalStore {
  private readonly settings: SqliteSettings;
  private readonly persons: SqlitePeople;
  private readonly names: NameNumbers;
  private readonly ids: MessageIds;
  private readonly messages: SqliteMessages;
  private readonly outbox: SqliteOutbox;
  private readonly pages: SqliteHistory;
  private readonly index: SqliteSearch;
  private readonly letterQueue: SqliteLetters;
  private readonly ownLetterKeys: SqliteLetterKeys;
  readonly oneTimeKeys: SqliteOneTimeKeys;
  readonly posts: SqlitePosts;

  /** `idsPerRun`: see `MessageIds`. */
  constructor(
    private readonly database: Database,
    idsPerRun: number = LIMITS.messageIdsPerRun,
  ) {
    this.settings = new SqliteSettings(database);
    this.persons = new SqlitePeople(database);
    this.names = new NameNumbers(database);
    this.ids = new MessageIds(database, idsPerRun);
    this.messages = new SqliteMessages(database, this.names, this.ids);
    this.outbox = new SqliteOutbox(database, { names: this.names, ids: this.ids, messages: this.messages });
    this.pages = new SqliteHistory(database, this.names);
    this.index = new SqliteSearch(database, this.names);
    this.letterQueue = new SqliteLetters(database);
    this.ownLetterKeys = new SqliteLetterKeys(database);
    this.oneTimeKeys = new SqliteOneTimeKeys(database);
    this.posts = new SqlitePosts(database);
  }

  transaction<T>(work: () => T): T {
    try {
      return this.database.transaction(work as (() => T) & Synchronous<T>);
    } catch (error) {
      this.reloadCaches();
      throw error;
    }
  }

  /** True iff SQLite's quick check of the whole file finds no damage. */
  isIntact(): boolean {
    return this.database.prepare<{ quick_check: string }>('PRAGMA quick_check(1)').get()?.quick_check === 'ok';
  }

  close(): void {
    this.database.close();
  }

  raiseBoot(): number {
    return this.settings.raiseBoot();
  }

  setting(name: string): string | null {
    return this.settings.get(name);
  }

  putSetting(name: string, value: string): void {
    this.settings.put(name, value);
  }

  people(): Person[] {
    return this.persons.all();
  }

  putPerson(person: Person): void {
    this.persons.put(person);
  }

  dropPerson(name: string): void {
    this.persons.drop(name);
  }

  addMessage(message: StoredMessage): Added {
    return this.messages.add(message);
  }

  addOutgoing(message: StoredMessage): void {
    this.outbox.add(message);
  }

  message(id: string): StoredMessage | null {
    return this.messages.get(id);
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
    if (before === null) return this.pages.newest(peer, limit);
    const message = this.messages.get(before);
    return message?.peer === peer ? this.pages.before(message, limit) : [];
  }

  search(query: SearchQuery): StoredMessage[] {
    return this.index.find(query);
  }

  /** Rises by one with each stored message. */
  get messagesWritten(): number {
    return this.messages.lastRow;
  }

  /** `bytes` leaves out the write-ahead log (`client.db-wal`). */
  size(): StoredAmount {
    const counted = this.database.prepare<StoredAmount>(`
      SELECT (SELECT count(*) FROM messages) AS messages, page_count * page_size AS bytes
      FROM pragma_page_count, pragma_page_size`);
    return counted.get() ?? { messages: 0, bytes: 0 };
  }

  /** Adds some messages to the search index; not within a transaction. True if more are left. */
  indexSome(): boolean {
    return this.index.indexSome();
  }

  unreadCounts(): Map<string, number> {
    return this.pages.unreadCounts();
  }

  markRead(peer: string): Map<string, number> {
    return this.pages.markRead(peer);
  }

  markReadByPeer(peer: string, device: string, upTo: number): string[] {
    return this.pages.markReadByPeer(peer, device, upTo);
  }

  groups(): string[] {
    return groupsIn(this.database);
  }

  groupStore(group: string): SqliteGroupStore {
    return new SqliteGroupStore(this.database, { names: this.names, messages: this.messages }, group);
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
    return this.ownLetterKeys.all();
  }

  letterKey(key: string): OwnLetterKey | null {
    return this.ownLetterKeys.get(key);
  }

  putLetterKey(key: OwnLetterKey): void {
    this.ownLetterKeys.put(key);
  }

  dropLetterKey(key: string): void {
    this.ownLetterKeys.drop(key);
  }

  /** After a rollback the caches may be wrong, so they are read again. */
  private reloadCaches(): void {
    this.names.reload();
    this.ids.reload();
    this.messages.reload();
  }
}
