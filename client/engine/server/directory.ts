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
    verify: (ref: number, { user, confirm }: CommandOf<'verify'>) => this.verify(ref, user, confirm),
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

  private verify(ref: number, user: string, confirm: boolean): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const known = this.people.get(user);
    if (!known?.pinned) return this.context.refuseWith(ref, 'NOT_FRIENDS', user);
    const person = confirm ? this.confirm(known) : known;
    const { me, primitives } = this.context;
    const changed = person.changed && readRecord(person.changed, primitives);
    const key = changed ? changed.key : (person.pinned?.key ?? '');
    const number = safetyNumber({ name: me.name, key: me.identity.publicKey }, { name: user, key }, primitives);
    this.context.succeed(ref, 'verify', { safetyNumber: number, verified: person.verified });
  }

  private updateFrom(ref: number, names: string[], updated: number): void {
    if (names.length === 0) return this.context.succeed(ref, 'update', { updated });
    const page = names.slice(0, LIMITS.restNamesMax);
    this.people.find(page, (found) => {
      if (found instanceof Refusal) return this.context.refuse(ref, found);
      this.updateFrom(ref, names.slice(page.length), updated + found.length);
    });
  }

  /** The user has compared safety numbers: the key behind the compared number is pinned from now on. */
  private confirm(person: Person): Person {
    const record = person.changed && readRecord(person.changed, this.context.primitives);
    const pinned = record && person.changed ? { key: record.key, record: person.changed } : person.pinned;
    const confirmed = this.people.put({ ...person, pinned, changed: null, verified: true });
    if (person.changed) this.context.report({ type: 'sendingResumed', user: person.name });
    return confirmed;
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
