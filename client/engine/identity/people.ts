// The people we have to do with: their pinned keys and records, and the look-ups that refresh them (SPEC DIR-9).

import { recordShape, type ListedDevice, type UserRecord } from '../../../protocols/directory/record.js';
import { compareRecord, readRecord } from '../../../protocols/directory/record-verification.js';
import { assert } from '../../../protocols/kit/machine.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { Person } from '../core/store.js';
import type { ListedUser } from '../core/io.js';

/** A user the name server told of, whose record holds. */
export interface FoundUser {
  readonly listed: ListedUser;
  readonly record: UserRecord;
}

export class People {
  private readonly byName = new Map<string, Person>();
  private readonly records = new Map<string, UserRecord>();
  /** Who belongs to a group of mine: they may link, for words of groups only. */
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
    if (person?.friendship !== 'friend') return new Refusal('NOT_FRIENDS', name);
    return person.changed ? new Refusal('KEY_CHANGED', name) : person;
  }

  isFriend(name: string): boolean {
    const person = this.get(name);
    return person?.friendship === 'friend' && !person.blocked && !person.changed;
  }

  /** Friends, and members of the same groups. */
  mayLink(name: string): boolean {
    const person = this.get(name);
    return this.isFriend(name) || (this.groupPeerNames.has(name) && !person?.blocked && !person?.changed);
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

  /** The device letters and links are addressed to. */
  device(name: string): ListedDevice | null {
    return this.record(name)?.devices[0] ?? null;
  }

  /** Whose device this is, by the pinned records. */
  ownerOf(device: string): string | null {
    for (const [name, record] of this.records) {
      if (record.devices.some((listed) => listed.device === device)) return name;
    }
    return null;
  }

  /** Keeps a person, or a change of one. */
  put(person: Person): Person {
    this.remember(person);
    this.context.store.putPerson(person);
    return person;
  }

  /** The person of this name, or a new one we know nothing of yet. Null where there is no room for more. */
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
      changed: null,
      endpoints: [],
    };
  }

  /** Forgets one we have nothing to do with any more; false where everybody matters. */
  private makeRoom(): boolean {
    const stranger = this.all().find(
      (person) => person.friendship === 'none' && !person.blocked && !this.groupPeerNames.has(person.name),
    );
    if (stranger) this.drop(stranger.name);
    return stranger !== undefined;
  }

  /** Lets go of somebody we have nothing to do with any more. */
  drop(name: string): void {
    this.byName.delete(name);
    this.records.delete(name);
    this.context.store.dropPerson(name);
  }

  /**
   * Takes a record that somebody brought for a known person: pins the first and follows newer ones. False where it is
   * not one of this person under the pinned key: anybody can make such a record, so it proves nothing and changes
   * nothing.
   */
  learn(person: Person, signed: Signed): boolean {
    const pinned = this.records.get(person.name);
    if (!pinned) return this.pin(person, signed);
    switch (compareRecord(pinned, signed, this.context.primitives)) {
      case 'newer':
        this.put({ ...person, pinned: { key: pinned.key, record: signed } });
        this.tellIfMoved(person.name, pinned);
        return true;
      case 'same':
      case 'older':
        return true;
      case 'key-changed':
      case 'invalid':
        return false;
    }
  }

  private tellIfMoved(user: string, before: UserRecord): void {
    const hasMoved = this.device(user)?.device !== before.devices[0]?.device;
    if (hasMoved) this.context.report({ type: 'moved', user });
  }

  /** Asks for several users at once, and gives those whose records hold; null where the name server is away. */
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
    if (person && !this.learn(person, listed.record)) this.keyChanged(person, listed.record);
    return [{ listed, record }];
  }

  private pin(person: Person, signed: Signed): boolean {
    const record = readRecord(signed, this.context.primitives);
    if (record === null || record.name !== person.name) return false;
    this.put({ ...person, pinned: { key: record.key, record: signed } });
    return true;
  }

  /** The name server itself lists the name under another key: nothing is sent until the user has looked into it. */
  private keyChanged(person: Person, signed: Signed): void {
    if (person.changed?.payload === signed.payload) return;
    this.put({ ...person, changed: signed, verified: false });
    this.context.warnRefusal(new Refusal('KEY_CHANGED', person.name));
  }

  private remember(person: Person): void {
    this.byName.set(person.name, person);
    if (person.pinned === null) return;
    // It was verified before it was pinned, and disk is ours: no second verification at every start.
    const record = parseJson(person.pinned.record.payload);
    assert(recordShape.accepts(record), 'a pinned record was judged when it was pinned');
    this.records.set(person.name, record);
  }
}
