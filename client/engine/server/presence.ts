// Which friends and group peers are online, as the name server reports it (protocols/session).

import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { isoTime, type Context } from '../core/context.js';
import type { Person } from '../core/store.js';
import type { EventOf, Part } from '../core/part.js';
import type { Session, SessionFrame } from './session.js';
import type { People } from '../identity/people.js';

interface KnownPresence {
  /** null: not known in this session. */
  readonly online: boolean | null;
  readonly lastSeen: number | null;
  /** What the user's program was notified of last. */
  readonly isNotified: boolean;
}

export class Presence implements Part {
  readonly on = {
    online: () => this.watchAll(),
    offline: () => this.forgetSession(),
    befriended: ({ user }: EventOf<'befriended'>) => this.watch(user),
    sendingResumed: ({ user }: EventOf<'sendingResumed'>) => this.watch(user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.forget(user),
  };
  private readonly known = new Map<string, KnownPresence>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly session: Session,
  ) {
    session.takeFrames({ presence: (frame) => this.take(frame) });
  }

  /** True while the name server reports the user online; false also while we are offline. */
  isOnline(user: string): boolean {
    return this.session.isOnline && this.known.get(user)?.online === true;
  }

  /** True once the name server has reported the user offline in this session. */
  isKnownOffline(user: string): boolean {
    return this.session.isOnline && this.known.get(user)?.online === false;
  }

  private watchAll(): void {
    const names = [...new Set([...this.people.friends().map(({ name }) => name), ...this.people.allGroupPeers()])];
    for (let at = 0; at < names.length; at += LIMITS.watchedNamesMax) {
      this.session.send({ type: 'watch', names: names.slice(at, at + LIMITS.watchedNamesMax) });
    }
  }

  watch(user: string): void {
    this.session.send({ type: 'watch', names: [user] });
  }

  forget(user: string): void {
    this.known.delete(user);
  }

  /** What was known is from a session that is over. */
  private forgetSession(): void {
    for (const [user, was] of this.known) this.known.set(user, { ...was, online: null });
  }

  private take({ name, online, lastSeen }: SessionFrame<'presence'>): void {
    if (!this.people.mayLink(name)) return;
    const was = this.known.get(name);
    this.known.set(name, { online, lastSeen, isNotified: online });
    const hasChanged = (was?.isNotified ?? false) !== online && this.people.isFriend(name);
    if (hasChanged) this.context.notify({ event: online ? 'online' : 'offline', user: name });
    // A server that repeats the same frame must not make us dial again and again.
    if (was?.online !== online) this.context.report({ type: 'presence', user: name, isOnline: online });
  }

  /** One line of the command `list`. */
  summary(person: Person, unread: number): FriendSummary {
    const lastSeen = this.known.get(person.name)?.lastSeen ?? null;
    return {
      user: person.name,
      online: this.isOnline(person.name),
      lastSeen: lastSeen === null ? null : isoTime(lastSeen),
      unread,
      verified: person.verified,
      state: person.blocked ? 'blocked' : person.friendship === 'asked' ? 'asked' : 'friend',
    };
  }
}
