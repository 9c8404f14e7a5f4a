// Which friends are online, as the name server pushes it (PROTOCOLS 2); told to the face when it changes.

import type { Context } from '../context.js';
import { isoTime } from '../context.js';
import type { FriendLine } from '../../../protocols/control/answer.js';
import type { Person } from '../store.js';
import type { PassedFrame, Session } from '../account/session.js';
import type { People } from './people.js';

type PresenceFrame = Extract<PassedFrame, { type: 'presence' }>;

interface Seen {
  readonly online: boolean;
  readonly lastSeen: number | null;
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
    const names = this.people.friends().map((friend) => friend.name);
    if (names.length > 0) this.session.send({ type: 'watch', names });
  }

  watch(user: string): void {
    this.session.send({ type: 'watch', names: [user] });
  }

  forget(user: string): void {
    this.seen.delete(user);
  }

  /** We went offline: nothing is known of anybody until we are back. */
  blind(): void {
    for (const [user, was] of this.seen) this.seen.set(user, { online: false, lastSeen: was.lastSeen });
  }

  frame({ name, online, lastSeen }: PresenceFrame): void {
    if (!this.people.isFriend(name)) return;
    const was = this.seen.get(name)?.online ?? false;
    this.seen.set(name, { online, lastSeen });
    if (was !== online) this.context.tell({ event: online ? 'online' : 'offline', user: name });
    this.context.report({ fact: 'presence', user: name, online });
  }

  /** One line of the command `list`. */
  line(person: Person, unread: number): FriendLine {
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
