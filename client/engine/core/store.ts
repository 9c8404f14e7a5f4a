// What the engine needs kept. Synchronous, inside the turn's transaction: what was decided and what is on disk never
// differ.

import type { Signed } from '../../../protocols/kit/signed.js';
import type { LetterKind } from '../../../protocols/letters/messages.js';
import type { GroupStore } from '../../../protocols/groups/member/group-store.js';
import type { Friendship } from '../../../protocols/friends/friendship.js';
import type { MessageState } from '../../../protocols/control/commands/messages.js';
import type { PostStore } from './post-store.js';
import type { Endpoint } from './endpoint.js';

/** A person with whom the user has or had contact. Strangers that were only looked up are not stored. */
export interface Person {
  readonly name: string;
  /** The pinned identity key, and the newest record under it; null until the first record was seen. */
  readonly pinned: { readonly key: string; readonly record: Signed } | null;
  readonly friendship: Friendship;
  /** Of the friendship: rises with every no (SPEC FRIEND-7). At least 1. */
  readonly epoch: number;
  /** What they wrote with their request. */
  readonly note: string;
  readonly blocked: boolean;
  readonly verified: boolean;
  /** The record under another key than the pinned one that the name server listed last; null if it lists the pinned key. */
  readonly claimed: Signed | null;
  /** Where a link last worked. */
  readonly endpoints: readonly Endpoint[];
}

/**
 * `state` of what others wrote: `delivered` until I have read it. `remembered`: only the peer says that I wrote it
 * (SPEC CHAT-25).
 */
export type StoredState = MessageState | 'cancelled' | 'unconfirmed' | 'remembered';

/**
 * One message of a conversation. `peer`: the user the conversation is with. `seq` counts per (peer, device, kind), from
 * 1. `shown`: false while something before it is missing. Ids, keys: base64url; times: ms.
 */
export interface StoredMessage {
  readonly id: string;
  readonly peer: string;
  readonly mine: boolean;
  readonly device: string;
  readonly kind: 'chat' | 'quick' | 'group';
  readonly seq: number;
  readonly lamport: number;
  readonly at: number;
  readonly text: string;
  readonly state: StoredState;
  readonly shown: boolean;
  /** Of what others wrote: the seq that must be shown before it, 0 if none. In a group: see `client/store/group-message.ts`. */
  readonly after: number;
  /** Of chat by others: what proves to them that they wrote it (SPEC CHAT-24); null if there is none. */
  readonly proof: string | null;
}

/**
 * A message of mine that `peer` has not acknowledged. `heldAt`: since when the name server holds it, null while
 * queued.
 */
export interface Waiting {
  readonly message: StoredMessage;
  readonly heldAt: number | null;
}

/** A letter that must leave even if we stop now. `ref`: rising, the order of leaving. */
export interface QueuedLetter {
  readonly ref: number;
  readonly to: string;
  readonly kind: LetterKind;
  /** JSON text of the body. */
  readonly body: string;
  readonly at: number;
}

/** `added` now; `known`: the same message was there; `conflict`: another one has its (peer, device, kind, seq). */
export type Added = 'added' | 'known' | 'conflict';

/** The writer of a message, in a conversation of two or in a group: I, or the user with this name. */
export type Author =
  | { readonly type: 'me' }
  /** `key`: of two authors in groups with this name, the one with this identity key; null: both. */
  | { readonly type: 'user'; readonly name: string; readonly key: string | null };

/** `key`: the identity key of the author in the group. */
export interface GroupAuthor {
  readonly name: string;
  readonly key: string;
}

/** All of `words` must be in the text; a word of several words is a phrase. Null in a field: any value matches. */
export interface SearchQuery {
  readonly words: readonly string[];
  readonly author: Author | null;
  readonly peer: string | null;
  /** Only what was written earlier, ms. */
  readonly before: number | null;
  readonly limit: number;
}

/** What a store holds. `bytes`: of the database file, 0 for a store in memory. */
export interface StoredAmount {
  readonly messages: number;
  readonly bytes: number;
}

export interface Store {
  /** Raises the durable start counter (SPEC SESS-4) and gives it; at least 1. */
  raiseBoot(): number;
  /** Small durable facts by name: own record, server keys. */
  setting(name: string): string | null;
  putSetting(name: string, value: string): void;

  /** Counts all messages: up to 0.1 s for a million. */
  size(): StoredAmount;

  people(): Person[];
  putPerson(person: Person): void;
  dropPerson(name: string): void;

  addMessage(message: StoredMessage): Added;
  /** Adds a message of mine and its place in the outbox. */
  addOutgoing(message: StoredMessage): void;
  message(id: string): StoredMessage | null;
  /** The chat message of this place in a lane. */
  messageAt(peer: string, device: string, seq: number): StoredMessage | null;
  /** The highest seq of chat that is shown, 0 if none. */
  lastShownSeq(peer: string, device: string): number;
  /** What is stored of (peer, device) but not shown yet, by seq; at most `limit`. */
  heldBack(peer: string, device: string, limit: number): StoredMessage[];
  /** The devices, mine and the peer's, that have said something in a conversation. */
  lanes(peer: string): string[];
  /** Chat of one device above a seq that is shown and not cancelled, by seq. */
  laneAfter(peer: string, device: string, seq: number, limit: number): StoredMessage[];
  /**
   * Takes away a message of mine that waits, was cancelled or is remembered, as if it had never been written; false for
   * others.
   */
  dropUnsettled(id: string): boolean;
  setShown(ids: readonly string[]): void;
  setState(id: string, state: StoredState): void;
  /** The highest seq of (peer, device, kind), 0 if none. */
  lastSeq(peer: string, device: string, kind: StoredMessage['kind']): number;
  /** The highest seq of chat by this device of mine that the peer has acknowledged, 0 if none. */
  lastDelivered(peer: string, device: string): number;
  /** The highest lamport time of the conversation, 0 if none. */
  lastLamport(peer: string): number;

  /** Waiting for one peer, by seq, those with seq > `afterSeq`; `onlyQueued` leaves out what is held. */
  waitingFor(peer: string, afterSeq: number, limit: number, onlyQueued: boolean): Waiting[];
  /** Everything waiting, oldest first. */
  waiting(limit: number): Waiting[];
  /** How many wait, by peer; peers with none are absent. */
  waitingCounts(): Map<string, { queued: number; held: number }>;
  /** Takes a message off the outbox and sets its state. False if it was not waiting. */
  settle(id: string, state: 'delivered' | 'cancelled'): boolean;
  /** The highest seq waiting for a peer that is lower than `seq`, 0 if none. */
  lastWaitingBefore(peer: string, seq: number): number;
  /** The name server holds these now; gives those that were still waiting. */
  markHeld(ids: readonly string[], heldAt: number): string[];
  /** What has been held since before `heldBefore`, for one peer or for all, is queued again; gives the ids. */
  requeueHeld(heldBefore: number, peer: string | null): string[];

  /** The newest shown messages of a conversation, or those before the message `before`; oldest first. */
  history(peer: string, limit: number, before: string | null): StoredMessage[];
  /**
   * Shown messages with all the words, the last stored first. Words are whole; case and accents do not matter, and
   * what is neither letter nor digit stands between words.
   */
  search(query: SearchQuery): StoredMessage[];
  /** Unread messages of others, by peer; peers with none are absent. */
  unreadCounts(): Map<string, number>;
  /** Marks what the peer wrote and is shown as read; gives the highest such seq of chat by device, for receipts. */
  markRead(peer: string): Map<string, number>;
  /** The peer has read my chat messages up to this seq: gives those whose state changed, by seq. */
  markReadByPeer(peer: string, device: string, upTo: number): string[];

  /** The groups that have anything on disk, by id. */
  groups(): string[];
  groupStore(group: string): GroupStore;
  /** Who wrote a message to a group; null for any other. */
  authorOf(message: StoredMessage): GroupAuthor | null;

  addLetter(letter: Omit<QueuedLetter, 'ref'>): void;
  /** Queued letters by ref, those with ref > `afterRef`. */
  letters(afterRef: number, limit: number): QueuedLetter[];
  /** Queued letters for one user of one kind; used to fold receipts together. */
  lettersTo(to: string, kind: LetterKind): QueuedLetter[];
  dropLetter(ref: number): void;
  /** Remembers a letter's id; false if it was known. */
  seeLetter(id: string, at: number): boolean;
  forgetLettersSeenBefore(at: number): void;

  /** Our letter keys, in the order of their device and number. */
  letterKeys(): OwnLetterKey[];
  letterKey(key: string): OwnLetterKey | null;
  putLetterKey(key: OwnLetterKey): void;
  /** Deletes the key; its secret is overwritten on disk. */
  dropLetterKey(key: string): void;

  readonly oneTimeKeys: OneTimeKeyStore;
  readonly posts: PostStore;
}

/** Our one-time keys. They live as long as the letter key with which they were made. */
export interface OneTimeKeyStore {
  /** How many there are of one letter key, used ones too. */
  count(device: string, number: number): number;
  get(key: string): OwnOneTimeKey | null;
  put(key: OwnOneTimeKey): void;
  /** The letter with this id has used it: its secret is overwritten on disk. */
  use(key: string, letter: string): void;
  /** Deletes those of one letter key; their secrets are overwritten on disk. */
  dropOf(device: string, number: number): void;
}

/** `secret`: empty once it was used. `usedBy`: the id of the sealed letter that used it. */
export interface OwnOneTimeKey extends Pick<OwnLetterKey, 'key' | 'secret' | 'device' | 'number'> {
  readonly usedBy: string | null;
}

/** A letter key of this device or a former one, with its secret (protocols/letters). Keys: base64url. */
export interface OwnLetterKey {
  readonly key: string;
  readonly secret: string;
  readonly device: string;
  readonly number: number;
  readonly at: number;
  /** Since when the name server offers a newer key; null for the newest. */
  readonly replacedAt: number | null;
  /** The counted days on which it was too old. */
  readonly daysOld: number;
}

/** A store together with its transactions; the engine's driver opens one for each turn. */
export interface TransactionalStore extends Store {
  transaction<T>(work: () => T): T;
  close(): void;
}
