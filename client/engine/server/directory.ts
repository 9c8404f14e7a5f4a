// Commands that look users up or compare keys: lookup, who, update, verify, whoami.

import { fingerprintWords, safetyNumber } from '../../../protocols/directory/fingerprint.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { isoTime, type Context } from '../core/context.js';
import type { CommandOf, Part } from '../core/part.js';
import type { Person } from '../core/store.js';
import type { FoundUser, People } from '../identity/people.js';
import type { Session } from './session.js';

export class Directory implements Part {
  readonly commands = {
    whoami: (ref: number) => this.whoami(ref),
    lookup: (ref: number, { user }: CommandOf<'lookup'>) => this.lookup(ref, user),
    who: (ref: number) => this.who(ref),
    update: (ref: number) => this.update(ref),
    verify: (ref: number, command: CommandOf<'verify'>) => this.verify(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly session: Session,
  ) {}

  private whoami(ref: number): void {
    const { me, primitives } = this.context;
    const key = me.identity.publicKey;
    const fingerprint = fingerprintWords(key, primitives);
    const device = me.device.publicKey;
    const deviceFingerprint = fingerprintWords(device, primitives);
    const online = this.session.isOnline;
    this.context.succeed(ref, 'whoami', { user: me.name, key, fingerprint, device, deviceFingerprint, online });
  }

  private lookup(ref: number, user: string): void {
    this.people.find([user], (found) => {
      if (found instanceof Refusal) return this.context.refuse(ref, found);
      const [first] = found;
      if (!first) return this.context.refuseWith(ref, 'USER_UNKNOWN', user);
      this.context.succeed(ref, 'lookup', this.describe(first));
    });
  }

  /** All users that the name server lists as online, page by page. */
  private who(ref: number, after: string | null = null, before: readonly string[] = []): void {
    this.context.ask({ type: 'online', after }, (answer) => {
      if (answer.type === 'refused') return this.context.refuse(ref, answer.refusal);
      if (answer.type !== 'online') return this.context.refuseWith(ref, 'SERVER_AWAY', this.context.options.server);
      const users = [...before, ...answer.names];
      // A page without names ends the list too: otherwise a name server could make us ask for ever.
      const isMore = answer.next !== null && answer.names.length > 0 && users.length < LIMITS.whoMax;
      if (isMore) this.who(ref, answer.next, users);
      else this.context.succeed(ref, 'who', { users });
    });
  }

  /** Refreshes the records of all friends, with one request for each page of names. */
  private update(ref: number): void {
    const names = this.people.friends().map(({ name }) => name);
    this.updateFrom(ref, names, 0);
  }

  private verify(ref: number, { user, confirm, reject }: CommandOf<'verify'>): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const person = this.people.get(user);
    if (!person?.pinned) return this.context.refuseWith(ref, 'NOT_FRIENDS', user);
    const refusal = reject ? this.reject(person) : confirm === null ? null : this.confirm(person, confirm);
    if (refusal) return this.context.refuse(ref, refusal);
    const { pinned, claimed } = this.safetyNumbers(user);
    const isVerified = this.people.get(user)?.verified ?? false;
    this.context.succeed(ref, 'verify', { safetyNumber: pinned, claimed, verified: isVerified });
  }

  private updateFrom(ref: number, names: string[], updated: number): void {
    if (names.length === 0) return this.context.succeed(ref, 'update', { updated });
    const page = names.slice(0, LIMITS.restNamesMax);
    this.people.find(page, (found) => {
      if (found instanceof Refusal) return this.context.refuse(ref, found);
      this.updateFrom(ref, names.slice(page.length), updated + found.length);
    });
  }

  /** The user keeps the pinned key. */
  private reject({ name, claimed }: Person): Refusal | null {
    if (!claimed) return new Refusal('NO_KEY_CLAIM', name);
    this.people.endClaim(name, 'rejected');
    return null;
  }

  /** The user compared this number, and it decides which key is meant: a look-up may have changed the claim meanwhile. */
  private confirm(person: Person, number: string): Refusal | null {
    const { name } = person;
    const { pinned, claimed } = this.safetyNumbers(name);
    if (isSame(number, pinned)) {
      this.people.put({ ...person, verified: true });
      this.people.endClaim(name, 'rejected');
      return null;
    }
    if (claimed !== null && isSame(number, claimed)) return this.pinClaimed(person);
    const now = claimed === null ? '' : ` for the key that you know, and ${claimed} for the key that is listed now`;
    return new Refusal('SAFETY_NUMBER_DIFFERS', `${name}: it is ${pinned}${now}`);
  }

  private pinClaimed(person: Person): null {
    const record = person.claimed && readRecord(person.claimed, this.context.primitives);
    if (!record || !person.claimed) return null;
    const pinned = { key: record.key, record: person.claimed };
    this.people.put({ ...person, pinned, claimed: null, verified: true });
    this.context.report({ type: 'sendingResumed', user: person.name });
    this.context.report({ type: 'keyClaimEnded', user: person.name });
    return null;
  }

  /** The numbers that we share with a user: under the pinned key, and under the key that the name server claims. */
  private safetyNumbers(user: string): { pinned: string; claimed: string | null } {
    const { me, primitives } = this.context;
    const person = this.people.get(user);
    const record = person?.claimed ? readRecord(person.claimed, primitives) : null;
    const ours = { name: me.name, key: me.identity.publicKey };
    const numberOf = (key: string): string => safetyNumber(ours, { name: user, key }, primitives);
    return { pinned: numberOf(person?.pinned?.key ?? ''), claimed: record && numberOf(record.key) };
  }

  private describe({ listed, record }: FoundUser) {
    return {
      user: listed.name,
      online: listed.online,
      lastSeen: listed.lastSeen === null ? null : isoTime(listed.lastSeen),
      key: record.key,
      fingerprint: fingerprintWords(record.key, this.context.primitives),
    };
  }
}

/** True iff both have the same digits; spaces do not matter. */
function isSame(typed: string, number: string): boolean {
  return typed.replaceAll(' ', '') === number.replaceAll(' ', '');
}
