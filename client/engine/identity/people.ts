// Every person this client knows: pinned keys and records, and the look-ups that refresh them (SPEC DIR-9).

import { recordShape, type ListedDevice, type UserRecord } from '../../../protocols/directory/record.js';
import { compareRecord, readRecord } from '../../../protocols/directory/record-verification.js';
import { assert } from '../../../protocols/kit/machine.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { ReceivedLetter } from '../core/events.js';
import { Registration } from '../core/registration.js';
import type { Person } from '../core/store.js';
import type { ListedUser } from '../core/io.js';

/** A user that the name server listed, with a record that is valid. */
export interface FoundUser {
  readonly listed: ListedUser;
  readonly record: UserRecord;
}

/** What lower floors and chat find out about a friendship. The part `Friends` registers. */
export interface FriendshipListener {
  /** The newer record of this user lists another device than the one before it. */
  deviceChanged(user: string): void;
  /** The name server brought a letter in this user's name that cannot be opened. */
  unreadableLetter(user: string): void;
  /** A letter could not leave, because the name server knows no user of this name. */
  unknownRecipient(user: string): void;
  /** A user who is no friend writes as a friend does, in this epoch of the friendship. */
  presumed(letter: ReceivedLetter, epoch: number): void;
}

export class People {
  readonly friendships = new Registration<FriendshipListener>();
  private readonly byName = new Map<string, Person>();
  private readonly records = new Map<string, UserRecord>();
  /** Members of our groups: they may link, for frames of groups only. */
  private readonly groupPeerNames = new Set<string>();

  constructor(private readonly context: Context) {
    for (const person of context.store.people()) this.remember(person);
  }

  get(name: string): Person | null {
    return this.byName.get(name) ?? null;
  }

  all(): Person[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  friends(): Person[] {
    return this.all().filter((person) => person.friendship === 'friend' && !person.blocked);
  }

  /** Why nothing may be sent to this user as a friend, or the person. */
  friend(name: string): Outcome<Person> {
    if (name === this.context.me.name) return new Refusal('SELF');
    const person = this.get(name);
    if (person?.blocked) return new Refusal('BLOCKED', name);
    return person?.friendship === 'friend' ? person : new Refusal('NOT_FRIENDS', name);
  }

  isFriend(name: string): boolean {
    const person = this.get(name);
    return person?.friendship === 'friend' && !person.blocked;
  }

  /** True for friends and for members of our groups. */
  mayLink(name: string): boolean {
    return this.isFriend(name) || (this.groupPeerNames.has(name) && !this.get(name)?.blocked);
  }

  isGroupPeer(name: string): boolean {
    return this.groupPeerNames.has(name);
  }

  allGroupPeers(): string[] {
    return [...this.groupPeerNames];
  }

  setGroupPeer(name: string, belongs: boolean): void {
    if (belongs) this.groupPeerNames.add(name);
    else this.groupPeerNames.delete(name);
  }

  /** The pinned record, opened. */
  record(name: string): UserRecord | null {
    return this.records.get(name) ?? null;
  }

  /** The device that letters and links are addressed to. */
  device(name: string): ListedDevice | null {
    return this.record(name)?.devices[0] ?? null;
  }

  /** True where the pinned record of a known person, or a newer one that is shown now, lists the device. */
  isDeviceOf(name: string, device: string, shown: Signed): boolean {
    const person = this.get(name);
    if (!person || !this.learn(person, shown)) return false;
    return this.record(name)?.devices.some((listed) => listed.device === device) ?? false;
  }

  /** The user whose pinned record lists this device. */
  ownerOf(device: string): string | null {
    for (const [name, record] of this.records) {
      if (record.devices.some((listed) => listed.device === device)) return name;
    }
    return null;
  }

  /** Stores a person, new or changed. */
  put(person: Person): Person {
    const before = this.byName.get(person.name)?.pinned?.key;
    this.remember(person);
    this.context.store.putPerson(person);
    if (person.pinned && person.pinned.key !== before) this.context.report({ type: 'keyPinned', user: person.name });
    return person;
  }

  /** The person of this name, or a new one that is not stored yet. Null where the list is full. */
  meet(name: string): Person | null {
    const known = this.get(name);
    if (known) return known;
    if (this.byName.size >= LIMITS.friendsMax + LIMITS.requestsMax && !this.makeRoom()) return null;
    return {
      name,
      pinned: null,
      friendship: 'none',
      epoch: 1,
      note: '',
      blocked: false,
      verified: false,
      claimed: null,
      endpoints: [],
    };
  }

  /**
   * Forgets one person without friendship, block or common group; false where there is none. Others can make us meet
   * any names (SPEC DIR-27): a person whose key was verified stays, and one whose key is pinned goes last.
   */
  private makeRoom(): boolean {
    const isStranger = ({ name, friendship, blocked, verified }: Person): boolean =>
      friendship === 'none' && !blocked && !verified && !this.groupPeerNames.has(name);
    const strangers = this.all().filter(isStranger);
    const stranger = strangers.find(({ pinned }) => pinned === null) ?? strangers[0];
    if (stranger) this.drop(stranger.name);
    return stranger !== undefined;
  }

  /** Forgets a person. */
  drop(name: string): void {
    this.byName.delete(name);
    this.records.delete(name);
    this.context.store.dropPerson(name);
  }

  /**
   * Takes a record that another user brought for a known person: pins the first and follows newer ones. False where it
   * is not a record of this person under the pinned key. Any user can make such a record, so it changes nothing.
   */
  learn(person: Person, signed: Signed): boolean {
    const pinned = this.records.get(person.name);
    if (!pinned) return this.pin(person, signed);
    switch (compareRecord(pinned, signed, this.context.primitives)) {
      case 'newer':
        this.put({ ...person, pinned: { key: pinned.key, record: signed } });
        this.reportIfMoved(person.name, pinned);
        this.context.report({ type: 'recordRenewed', user: person.name });
        return true;
      case 'same':
      case 'older':
        return true;
      case 'key-changed':
      case 'invalid':
        return false;
    }
  }

  private reportIfMoved(user: string, before: UserRecord): void {
    const hasMoved = this.device(user)?.device !== before.devices[0]?.device;
    if (hasMoved) this.context.postpone(() => this.friendships.target.deviceChanged(user));
  }

  /** Looks several users up at once and gives those with a valid record, or why the name server gave none. */
  find(names: readonly string[], then: (found: Outcome<FoundUser[]>) => void): void {
    this.context.ask({ type: 'users', names }, (answer) => {
      if (answer.type === 'users') return then(answer.users.flatMap((listed) => this.believe(listed, names)));
      if (answer.type === 'refused') return then(answer.refusal);
      then(new Refusal('SERVER_AWAY', this.context.options.server));
    });
  }

  private believe(listed: ListedUser, names: readonly string[]): FoundUser[] {
    const record = readRecord(listed.record, this.context.primitives);
    if (record === null || record.name !== listed.name || !names.includes(listed.name)) return [];
    const person = this.get(listed.name);
    if (person && this.learn(person, listed.record)) this.endClaim(person.name, 'listed again');
    else if (person) this.keyClaimed(person, listed.record);
    return [{ listed, record }];
  }

  /** Only the pinned key counts from now on, and letters leave again. Without a claim it changes nothing. */
  endClaim(name: string, why: 'listed again' | 'rejected'): void {
    const person = this.get(name);
    if (!person?.claimed) return;
    this.put({ ...person, claimed: null });
    this.context.report({ type: 'keyClaimEnded', user: name });
    if (why === 'listed again') {
      this.context.warn('KEY_LISTED_AGAIN', `The name server lists the key of ${name} that you know again.`);
    }
  }

  private pin(person: Person, signed: Signed): boolean {
    const record = readRecord(signed, this.context.primitives);
    if (record === null || record.name !== person.name) return false;
    this.put({ ...person, pinned: { key: record.key, record: signed } });
    return true;
  }

  /** The name server lists the name under another key: no letter leaves until the user decides (SPEC DIR-15). */
  private keyClaimed(person: Person, signed: Signed): void {
    if (person.claimed?.payload === signed.payload) return;
    this.put({ ...person, claimed: signed });
    this.context.warnRefusal(new Refusal('KEY_CHANGED', person.name));
  }

  private remember(person: Person): void {
    this.byName.set(person.name, person);
    if (person.pinned === null) return;
    // It was verified before it was pinned, and only we write this disk: no second verification at every start.
    const record = parseJson(person.pinned.record.payload);
    assert(recordShape.accepts(record), 'a pinned record was judged when it was pinned');
    this.records.set(person.name, record);
  }
}
