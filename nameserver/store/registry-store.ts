// The store of the name server: users, devices, letters, correspondents and groups. Synchronous, with transactions.
//
// The operations are those of a key-value store with revisions (create if absent, put if revision, expiry per key), so
// that a replicated store can replace it. Times by which something is deleted are serving times (LOAD-23).

import type { Instant } from '../../protocols/kit/machine.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { Synchronous } from '../../runtime/sqlite.js';

/** `storedAt`: when the record arrived. `revision`: increases with every put. `lastSeen`: null if never online. */
export interface StoredUser {
  readonly signed: Signed;
  readonly storedAt: Instant;
  readonly revision: number;
  readonly lastSeen: Instant | null;
}

/**
 * `boot`: the last boot number, 0 if none. `proof`: the session proof with this number. `retiredAt`: when a record
 * stopped listing the device; null while listed.
 */
export interface StoredDevice {
  readonly device: string;
  readonly boot: number;
  readonly proof: Signed | null;
  readonly retiredAt: Instant | null;
}

/** `counted`: the serving time, which began as the date of the first start. `at`: the date of the last count. */
export interface StoredServingTime {
  readonly counted: Instant;
  readonly at: Instant;
}

/** The address of a letter queue: one device of a user. */
export interface Mailbox {
  readonly name: string;
  readonly device: string;
}

/** `number`: that of the signed letter key. */
export interface StoredLetterKey {
  readonly number: number;
  readonly signed: Signed;
}

/** The keys that devices have offered. They go with their device: see `RegistryStore`. */
export interface DeviceKeyStore {
  /** The newest letter key that a device has offered. */
  letterKey(mailbox: Mailbox): StoredLetterKey | null;
  /** Deletes the one-time keys of the letter key before it. */
  putLetterKey(mailbox: Mailbox, key: StoredLetterKey): void;
  oneTimeKeys(mailbox: Mailbox): number;
  addOneTimeKey(mailbox: Mailbox, key: Signed): void;
  /** Gives the oldest one-time key and deletes it; null if there is none. */
  takeOneTimeKey(mailbox: Mailbox): Signed | null;
}

/** `arrival`: increases with every letter and is never reused. `body`: sealed, base64url; or a notice, as JSON. */
export interface StoredLetter extends Mailbox {
  readonly arrival: number;
  readonly id: string;
  readonly from: string;
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly body: string;
}

/** A public group. `state`: derived from its entries, as JSON. `storedAt`: when its last publication arrived. */
export interface StoredGroup {
  readonly founder: string;
  readonly storedAt: Instant;
  readonly state: string;
}

export interface RegistryStore {
  /** Keeps all changes of `work`, or none if it throws. */
  transaction<T>(work: (() => T) & Synchronous<T>): T;

  user(name: string): StoredUser | null;
  /** Returns false and changes nothing if the name exists. */
  createUser(name: string, signed: Signed, storedAt: Instant): boolean;
  /** Returns false and changes nothing if the revision differs. Keeps `lastSeen`. */
  putUser(name: string, user: { signed: Signed; storedAt: Instant }, revision: number): boolean;
  putLastSeen(name: string, at: Instant): void;
  /** At most `limit` names whose record arrived before `storedBefore`, and whose user never had a session. */
  unseenUsers(storedBefore: Instant, limit: number): string[];
  /** When the oldest record of such a user arrived, or null. */
  oldestUnseen(): Instant | null;
  /** Deletes a user with everything that `forget` deletes. */
  removeUser(name: string): void;

  /** All stored devices of a user, in the order in which they were first put. */
  devices(name: string): StoredDevice[];
  putDevice(name: string, device: StoredDevice): void;
  /** Deletes a device and its keys. */
  removeDevice(name: string, device: string): void;
  readonly keys: DeviceKeyStore;

  servingTime(): StoredServingTime | null;
  putServingTime(time: StoredServingTime): void;

  addLetter(letter: Omit<StoredLetter, 'arrival'>): void;
  /** At most `limit` letters of a mailbox that arrived after `arrival`, in order. */
  lettersAfter(mailbox: Mailbox, arrival: number, limit: number): StoredLetter[];
  removeLetter(arrival: number): void;
  /** Moves the letters of one device of a user to another device. Keeps the order of arrival. */
  moveLetters(from: Mailbox, device: string): void;
  /** What is held for a user over all devices. `bytes` counts bodies. */
  waitingFor(name: string): { letters: number; bytes: number };
  /** The part of that which strangers sent: senders to whom this user has never written. */
  waitingFromStrangers(name: string): { letters: number; bytes: number };
  /** How many letters from one user are held for another. */
  waitingFrom(from: string, name: string): number;
  removeLettersExpired(now: Instant): void;
  /** The earliest expiry of a letter, or null. */
  nextExpiry(): Instant | null;

  /** Records that `from` wrote to `name`. Keeps the newest `most` correspondents of `from`. */
  addCorrespondent(from: string, name: string, most: number): void;
  /** True iff `from` has written to `name`. */
  isCorrespondent(from: string, name: string): boolean;

  group(name: string): StoredGroup | null;
  putGroup(name: string, group: StoredGroup): void;
  /** At most `limit` groups after `name`, ordered by name. */
  groupsAfter(name: string, limit: number): StoredGroup[];
  groupsFoundedBy(founder: string): number;
  groupEntries(name: string): Signed[];
  groupEntry(name: string, index: number): Signed | null;
  putGroupEntry(name: string, index: number, signed: Signed): void;
  dropGroupEntriesFrom(name: string, index: number): void;

  /** Deletes the devices of a name, their keys, its letters and its correspondents. Keeps its record. */
  forget(name: string): void;
  /** Bytes in use, without those that the store can use again. */
  usedBytes(): number;
  close(): void;
}
