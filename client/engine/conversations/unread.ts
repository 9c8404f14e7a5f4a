// Unread messages and the open conversation: what arrives in an open conversation is read at once.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import { isSameConversation, storedConversation, withPerson, type ConversationId } from '../core/conversation-id.js';
import type { CommandOf, Part } from '../core/part.js';
import { Registration } from '../core/registration.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { Connector } from '../transport/connector.js';

interface Dependencies {
  readonly people: People;
  readonly presence: Presence;
  readonly connector: Connector;
}

/** `marks`: the highest seq that was read, by device of the other side. */
export interface ReadListener {
  read(user: string, marks: ReadonlyMap<string, number>): void;
}

export class Unread implements Part {
  readonly commands = {
    connect: (ref: number, { user }: CommandOf<'connect'>) => this.connect(ref, user),
    leave: (ref: number) => this.leave(ref),
  };
  /** Read receipts register: they tell the other side. */
  readonly readers = new Registration<ReadListener>();
  /** By conversation, in its stored form. */
  private readonly counts: Map<string, number>;
  private open: ConversationId | null = null;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.counts = context.store.unreadCounts();
  }

  count(id: ConversationId): number {
    return this.counts.get(storedConversation(id)) ?? 0;
  }

  /** Opens a conversation; gives how many of its messages were unread. */
  enter(id: ConversationId): number {
    const unread = this.count(id);
    this.open = id;
    this.markRead(id);
    return unread;
  }

  /** One more message of a conversation is shown. */
  arrived(id: ConversationId): void {
    this.counts.set(storedConversation(id), this.count(id) + 1);
    if (this.open && isSameConversation(this.open, id)) this.markRead(id);
  }

  markRead(id: ConversationId): void {
    const stored = storedConversation(id);
    if (!this.counts.delete(stored)) return;
    const marks = this.context.store.markRead(stored);
    if (id.type === 'person') this.readers.target.read(id.user, marks);
  }

  private connect(ref: number, user: string): void {
    const { people, presence, connector } = this.parts;
    const person = people.friend(user);
    if (person instanceof Refusal) return this.context.refuse(ref, person);
    const unread = this.enter(withPerson(user));
    this.context.succeed(ref, 'connect', { user, online: presence.isOnline(user), unread });
    connector.want(user, LIMITS.connectAttemptMs);
  }

  private leave(ref: number): void {
    this.open = null;
    this.context.succeed(ref, 'leave', {});
  }
}
