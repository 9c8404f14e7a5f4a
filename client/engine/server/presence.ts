// Which friends are online, as the name server pushes it (protocols/session); told to the face when it changes.

import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { isoTime, type Context } from '../core/context.js';
import type { Person } from '../core/store.js';
import type { PassedFrame, Session } from './session.js';
import type { People } from '../identity/people.js';

type PresenceFrame = Extract<PassedFrame, { type: 'presence' }>;

interface Seen {
  /** null: not known in this session. */
  readonly online: boolean | null;
  readonly lastSeen: number | null;
  /** What the face was told last. */
  readonly isTold: boolean;
}

export class Presence {
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly session: Session,
  ) {}

  /** True while the name server says so; false also while we cannot know. */
  isOnline(user: string): boolean {
    return this.session.isOnline && this.seen.get(user)?.online === true;
  }

  /** True once the name server has said, in this session, that the user is not there. */
  isKnownOffline(user: string): boolean {
    return this.session.isOnline && this.seen.get(user)?.online === false;
  }

  /** We came online: what was known is from an earlier session. */
  watchAll(): void {
    const names = [...new Set([...this.people.friends().map(({ name }) => name), ...this.people.allGroupPeers()])];
    for (let at = 0; at < names.length; at += LIMITS.watchedNamesMax) {
      this.session.send({ type: 'watch', names: names.slice(at, at + LIMITS.watchedNamesMax) });
    }
  }

  watch(user: string): void {
    this.session.send({ type: 'watch', names: [user] });
  }

  forget(user: string): void {
    this.seen.delete(user);
  }

  /** We went offline: nothing is known of anybody until we are back. */
  blind(): void {
    for (const [user, was] of this.seen) this.seen.set(user, { ...was, online: null });
  }

  frame({ name, online, lastSeen }: PresenceFrame): void {
    if (!this.people.mayLink(name)) return;
    const was = this.seen.get(name);
    this.seen.set(name, { online, lastSeen, isTold: online });
    const isNews = (was?.isTold ?? false) !== online && this.people.isFriend(name);
    if (isNews) this.context.tell({ event: online ? 'online' : 'offline', user: name });
    // A server that says the same again and again must not make us dial again and again.
    if (was?.online !== online) this.context.report({ type: 'presence', user: name, online });
  }

  /** One line of the command `list`. */
  line(person: Person, unread: number): FriendSummary {
    const lastSeen = this.seen.get(person.name)?.lastSeen ?? null;
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
