// What the name server keeps: users, devices, letters, and who has written to whom. Synchronous, atomic by transaction.
//
// The verbs are those of a key-value store with revisions (create if absent, put if revision, expiry per key), so that
// a replicated one can take this place.

import type { Instant } from '../../protocols/kit/machine.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { Synchronous } from '../../runtime/sqlite.js';

/** `storedAt`: when the record came. `revision`: rises with every put. `lastSeen`: null if never online. */
export interface StoredUser {
  readonly signed: Signed;
  readonly storedAt: Instant;
  readonly revision: number;
  readonly lastSeen: Instant | null;
}

/** `boot`: the last one seen, 0 for none. `retiredAt`: when a record left the device out; null while it is listed. */
export interface StoredDevice {
  readonly device: string;
  readonly boot: number;
  readonly retiredAt: Instant | null;
}

/** Where letters wait: a device of a user. */
export interface Mailbox {
  readonly name: string;
  readonly device: string;
}

/** `arrival`: rises with every letter and is never used again. `body`: sealed, base64url. */
export interface StoredLetter extends Mailbox {
  readonly arrival: number;
  readonly id: string;
  readonly from: string;
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly body: string;
}

/** A public group. `state`: what was derived from its entries, JSON. `storedAt`: when something of it came last. */
export interface StoredGroup {
  readonly founder: string;
  readonly storedAt: Instant;
  readonly state: string;
}

export interface RegistryStore {
  /** Keeps all that `work` did, or nothing of it where it throws. */
  transaction<T>(work: (() => T) & Synchronous<T>): T;

  user(name: string): StoredUser | null;
  /** False, and nothing changed, where the name is there already. */
  createUser(name: string, signed: Signed, storedAt: Instant): boolean;
  /** False, and nothing changed, where the user's revision is another. Keeps `lastSeen`. */
  putUser(name: string, user: { signed: Signed; storedAt: Instant }, revision: number): boolean;
  putLastSeen(name: string, at: Instant): void;

  /** All remembered devices of a user, in the order in which they were first put. */
  devices(name: string): StoredDevice[];
  putDevice(name: string, device: StoredDevice): void;
  removeDevice(name: string, device: string): void;

  addLetter(letter: Omit<StoredLetter, 'arrival'>): void;
  /** The letters of a mailbox that arrived after `arrival`, in order, at most `limit`. */
  lettersAfter(mailbox: Mailbox, arrival: number, limit: number): StoredLetter[];
  removeLetter(arrival: number): void;
  /** Moves what waits for one device of a user to another; the order of arrival stays. */
  moveLetters(from: Mailbox, device: string): void;
  /** How much waits for a user at all devices; `bytes` counts bodies. */
  waitingFor(name: string): { letters: number; bytes: number };
  /** Of that, what is from others to whom this user has never written. */
  waitingFromStrangers(name: string): { letters: number; bytes: number };
  /** How many letters of one user wait for another. */
  waitingFrom(from: string, name: string): number;
  removeLettersExpired(now: Instant): void;
  /** When the next letter expires, or null. */
  nextExpiry(): Instant | null;

  /** Remembers that `from` wrote to `name`; of more than `most` the oldest is forgotten. */
  addCorrespondent(from: string, name: string, most: number): void;
  isCorrespondent(from: string, name: string): boolean;

  group(name: string): StoredGroup | null;
  putGroup(name: string, group: StoredGroup): void;
  /** By name, those after one, at most `limit`. */
  groupsAfter(name: string, limit: number): StoredGroup[];
  groupsFoundedBy(founder: string): number;
  groupEntries(name: string): Signed[];
  putGroupEntry(name: string, index: number, signed: Signed): void;
  dropGroupEntriesFrom(name: string, index: number): void;

  /** Forgets the devices of a name, letters for it, and all it wrote or was written; not its record. */
  forget(name: string): void;
  close(): void;
}
