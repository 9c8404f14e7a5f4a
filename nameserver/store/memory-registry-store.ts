// The registry store in memory, for the simulator, tests and `--store memory`. Transactions roll back.

import { assert, type Instant } from '../../protocols/kit/machine.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { UndoLog } from '../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../protocols/kit/undo/undo-map.js';
import { MemoryKeyStore } from './memory-key-store.js';
import type {
  Mailbox,
  RegistryStore,
  StoredDevice,
  StoredGroup,
  StoredLetter,
  StoredServingTime,
  StoredUser,
} from './registry-store.js';

export class MemoryRegistryStore implements RegistryStore {
  private readonly undoLog = new UndoLog();
  private readonly usersByName = new UndoMap<string, StoredUser>(this.undoLog);
  private readonly devicesByName = new UndoMap<string, readonly StoredDevice[]>(this.undoLog);
  /** By recipient, in order of arrival. */
  private readonly lettersByName = new UndoMap<string, readonly StoredLetter[]>(this.undoLog);
  /** The correspondents of a user, the oldest first. */
  private readonly correspondentsByName = new UndoMap<string, readonly string[]>(this.undoLog);
  private readonly recipientOf = new UndoMap<number, string>(this.undoLog);
  private readonly groupsByName = new UndoMap<string, StoredGroup>(this.undoLog);
  private readonly entriesByName = new UndoMap<string, readonly Signed[]>(this.undoLog);
  private readonly times = new UndoMap<'serving', StoredServingTime>(this.undoLog);
  readonly keys = new MemoryKeyStore(this.undoLog);
  private arrivals = 0;

  transaction<T>(work: () => T): T {
    return this.undoLog.transaction(work);
  }

  user(name: string): StoredUser | null {
    return this.usersByName.get(name) ?? null;
  }

  createUser(name: string, signed: Signed, storedAt: Instant): boolean {
    if (this.usersByName.get(name) !== undefined) return false;
    this.usersByName.set(name, { signed, storedAt: storedAt, revision: 1, lastSeen: null });
    return true;
  }

  putUser(name: string, user: { signed: Signed; storedAt: Instant }, revision: number): boolean {
    const held = this.usersByName.get(name);
    if (held?.revision !== revision) return false;
    const { signed, storedAt } = user;
    this.usersByName.set(name, { signed, storedAt: storedAt, revision: revision + 1, lastSeen: held.lastSeen });
    return true;
  }

  putLastSeen(name: string, at: Instant): void {
    const held = this.usersByName.get(name);
    if (held !== undefined) this.usersByName.set(name, { ...held, lastSeen: at });
  }

  unseenUsers(storedBefore: Instant, limit: number): string[] {
    return this.unseen()
      .filter(([, user]) => user.storedAt < storedBefore)
      .slice(0, limit)
      .map(([name]) => name);
  }

  oldestUnseen(): Instant | null {
    const times = this.unseen().map(([, { storedAt }]) => storedAt);
    return times.length === 0 ? null : Math.min(...times);
  }

  removeUser(name: string): void {
    this.forget(name);
    this.usersByName.delete(name);
  }

  devices(name: string): StoredDevice[] {
    return [...(this.devicesByName.get(name) ?? [])];
  }

  putDevice(name: string, device: StoredDevice): void {
    const devices = this.devices(name);
    const at = devices.findIndex((known) => known.device === device.device);
    devices.splice(at < 0 ? devices.length : at, 1, device);
    this.devicesByName.set(name, devices);
  }

  removeDevice(name: string, device: string): void {
    this.devicesByName.set(
      name,
      this.devices(name).filter((known) => known.device !== device),
    );
    this.keys.forget(name, device);
  }

  servingTime(): StoredServingTime | null {
    return this.times.get('serving') ?? null;
  }

  putServingTime(time: StoredServingTime): void {
    this.times.set('serving', time);
  }

  addLetter(letter: Omit<StoredLetter, 'arrival'>): void {
    this.arrivals += 1;
    this.lettersByName.set(letter.name, [...this.letters(letter.name), { ...letter, arrival: this.arrivals }]);
    this.recipientOf.set(this.arrivals, letter.name);
  }

  lettersAfter(mailbox: Mailbox, arrival: number, limit: number): StoredLetter[] {
    return this.letters(mailbox.name)
      .filter((letter) => letter.device === mailbox.device && letter.arrival > arrival)
      .slice(0, limit);
  }

  removeLetter(arrival: number): void {
    const name = this.recipientOf.get(arrival);
    if (name !== undefined) this.keepLetters(name, (letter) => letter.arrival !== arrival);
  }

  moveLetters(from: Mailbox, device: string): void {
    const letters = this.letters(from.name);
    if (letters.length === 0) return;
    const moved = letters.map((letter) => (letter.device === from.device ? { ...letter, device } : letter));
    this.lettersByName.set(from.name, moved);
  }

  waitingFor(name: string): { letters: number; bytes: number } {
    return countOf(this.letters(name));
  }

  waitingFromStrangers(name: string): { letters: number; bytes: number } {
    return countOf(this.letters(name).filter(({ from }) => from !== name && !this.isCorrespondent(name, from)));
  }

  waitingFrom(from: string, name: string): number {
    return this.letters(name).filter((letter) => letter.from === from).length;
  }

  removeLettersExpired(now: Instant): void {
    for (const [name] of this.lettersByName.all()) this.keepLetters(name, (letter) => letter.expiresAt > now);
  }

  nextExpiry(): Instant | null {
    let next: Instant | null = null;
    for (const [, letters] of this.lettersByName.all()) {
      for (const { expiresAt } of letters) if (next === null || expiresAt < next) next = expiresAt;
    }
    return next;
  }

  addCorrespondent(from: string, name: string, most: number): void {
    if (this.isCorrespondent(from, name)) return;
    assert(most > 0, 'at least one correspondent is remembered');
    this.correspondentsByName.set(from, [...(this.correspondentsByName.get(from) ?? []), name].slice(-most));
  }

  isCorrespondent(from: string, name: string): boolean {
    return this.correspondentsByName.get(from)?.includes(name) ?? false;
  }

  group(name: string): StoredGroup | null {
    return this.groupsByName.get(name) ?? null;
  }

  putGroup(name: string, group: StoredGroup): void {
    this.groupsByName.set(name, group);
  }

  groupsAfter(name: string, limit: number): StoredGroup[] {
    const after = this.groupsByName.all().filter(([other]) => other > name);
    const sorted = after.sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.slice(0, limit).map(([, group]) => group);
  }

  groupsFoundedBy(founder: string): number {
    return this.groupsByName.all().filter(([, group]) => group.founder === founder).length;
  }

  groupEntries(name: string): Signed[] {
    return [...(this.entriesByName.get(name) ?? [])];
  }

  groupEntry(name: string, index: number): Signed | null {
    return this.entriesByName.get(name)?.[index] ?? null;
  }

  putGroupEntry(name: string, index: number, signed: Signed): void {
    const entries = [...(this.entriesByName.get(name) ?? [])];
    entries[index] = signed;
    this.entriesByName.set(name, entries);
  }

  dropGroupEntriesFrom(name: string, index: number): void {
    this.entriesByName.set(name, (this.entriesByName.get(name) ?? []).slice(0, index));
  }

  forget(name: string): void {
    this.keys.forget(name, null);
    this.devicesByName.delete(name);
    this.keepLetters(name, () => false);
    this.correspondentsByName.delete(name);
    for (const [from, names] of this.correspondentsByName.all()) {
      if (names.includes(name)) {
        this.correspondentsByName.set(
          from,
          names.filter((other) => other !== name),
        );
      }
    }
  }

  usedBytes(): number {
    const letters = this.lettersByName.all().flatMap(([, held]) => held);
    const users = this.usersByName.all();
    const bodies = letters.reduce((sum, { body }) => sum + body.length, 0);
    return users.reduce((sum, [, { signed }]) => sum + signed.payload.length, bodies);
  }

  close(): void {
    // nothing is open
  }

  private unseen(): (readonly [string, StoredUser])[] {
    return this.usersByName
      .all()
      .filter(([name, { lastSeen }]) => lastSeen === null && this.devices(name).every(({ boot }) => boot === 0));
  }

  private letters(name: string): readonly StoredLetter[] {
    return this.lettersByName.get(name) ?? [];
  }

  private keepLetters(name: string, mayStay: (letter: StoredLetter) => boolean): void {
    const letters = this.letters(name);
    const stay = letters.filter(mayStay);
    if (stay.length === letters.length) return;
    for (const letter of letters) if (!mayStay(letter)) this.recipientOf.delete(letter.arrival);
    if (stay.length === 0) this.lettersByName.delete(name);
    else this.lettersByName.set(name, stay);
  }
}

function countOf(letters: readonly StoredLetter[]): { letters: number; bytes: number } {
  return { letters: letters.length, bytes: letters.reduce((sum, { body }) => sum + body.length, 0) };
}
