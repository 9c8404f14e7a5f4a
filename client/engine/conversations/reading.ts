// What has been read: unread counts, the open conversation, history, and telling friends how far we have read.

import type { ReadFrame } from '../../../protocols/chat/messages.js';
import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import type { Command } from '../../../protocols/control/command.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { isoTime, type Context } from '../core/context.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversations } from './conversations.js';
import type { ConversationNames } from './conversation-names.js';
import type { Links } from '../transport/links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';

interface Parts {
  readonly people: People;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly presence: Presence;
  readonly places: ConversationNames;
}

export class Reading {
  private readonly unread: Map<string, number>;
  /** The conversation the user has open: what arrives there is read at once. */
  private open: string | null = null;
  /** Whom to tell, before the turn ends, that something was read: the highest seq, by device. */
  private readonly owed = new Map<string, Map<string, number>>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    this.unread = context.store.unreadCounts();
  }

  connect(ref: number, user: string): boolean {
    const person = this.parts.people.friend(user);
    if (person instanceof Refusal) {
      this.context.refuse(ref, person);
      return false;
    }
    const unread = this.unread.get(user) ?? 0;
    this.open = user;
    this.markRead(user);
    this.context.succeed(ref, 'connect', { user, online: this.parts.presence.isOnline(user), unread });
    return true;
  }

  /** Opens a conversation that is not with one friend; gives how much in it was unread. */
  enter(peer: string): number {
    const unread = this.unreadOf(peer);
    this.open = peer;
    this.markRead(peer);
    return unread;
  }

  unreadOf(peer: string): number {
    return this.unread.get(peer) ?? 0;
  }

  leave(ref: number): void {
    this.open = null;
    this.context.succeed(ref, 'leave', {});
  }

  list(ref: number): void {
    const known = this.parts.people
      .all()
      .filter(({ friendship, blocked }) => blocked || friendship === 'friend' || friendship === 'asked');
    const friends = known.map((person) => this.parts.presence.line(person, this.unread.get(person.name) ?? 0));
    this.context.succeed(ref, 'list', { friends });
  }

  history(ref: number, user: string, { limit, before }: { limit: number; before: string | null }): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const page = Math.min(Math.max(limit, 1), LIMITS.historyPageMax);
    if (before !== null && this.context.store.message(before)?.peer !== user) {
      return this.context.refuseWith(ref, 'MESSAGE_UNKNOWN', before);
    }
    const messages = this.context.store.history(user, page, before);
    const isKnown = user.startsWith('#') || this.parts.people.get(user) !== null;
    if (messages.length === 0 && !isKnown) return this.context.refuseWith(ref, 'NOT_FRIENDS', user);
    if (before === null) this.markRead(user);
    this.context.succeed(ref, 'history', { messages: messages.map((message) => this.line(message)) });
  }

  /** What two people say is between them: from one and in a conversation with another is nothing. */
  search(ref: number, { words, from, in: within, before }: Extract<Command, { type: 'search' }>): void {
    const mine = from === null ? null : from === this.context.me.name;
    const place = within === null ? null : this.parts.places.of(within);
    const isInGroup = place?.startsWith('#') === true;
    const peer = mine === false && !isInGroup ? from : place;
    const query = { words, mine, peer, before, limit: LIMITS.searchPage };
    const isPossible = place === null || peer === place;
    const found = isPossible ? this.context.store.search(query).map((one) => [one.peer, this.line(one)] as const) : [];
    const wanted = found.filter(([, line]) => from === null || line.from === from);
    const messages = wanted.map(([where, line]) => ({ ...line, in: this.parts.places.nameOf(where) }));
    this.context.succeed(ref, 'search', { messages });
  }

  /** So many messages of a user are shown now. */
  arrived(user: string, count: number): void {
    this.unread.set(user, (this.unread.get(user) ?? 0) + count);
    if (this.open === user) this.markRead(user);
  }

  /** The friend has read what we wrote, up to a seq. */
  readByPeer(user: string, { conversation, device, upTo }: Omit<ReadFrame, 'type'>): void {
    const { me } = this.context;
    const isOurs = device === me.device.publicKey || device === me.retiredDevice;
    if (!isOurs || this.parts.conversations.with(user)?.id !== conversation) return;
    for (const id of this.context.store.markReadByPeer(user, device, upTo)) {
      this.context.tell({ event: 'state', id, to: user, state: 'read' });
    }
  }

  /** Before the turn ends: tells friends what was read in it. */
  flush(): void {
    for (const [user, marks] of this.owed) {
      for (const [device, upTo] of marks) this.sendMark(user, device, upTo);
    }
    this.owed.clear();
  }

  private markRead(user: string): void {
    if (!this.unread.has(user)) return;
    this.unread.delete(user);
    const marks = this.context.store.markRead(user);
    if (!this.context.options.readReceipts || !this.parts.people.isFriend(user)) return;
    this.owed.set(user, new Map([...(this.owed.get(user) ?? []), ...marks]));
  }

  private sendMark(user: string, device: string, upTo: number): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    const mark = { conversation: conversation.id, device, upTo };
    if (this.parts.links.isLinked(user)) return this.parts.links.send(user, { type: 'read', ...mark });
    // A later mark says all that an earlier one of the same device said.
    for (const { ref, body } of this.context.store.lettersTo(user, 'read')) {
      if (body.includes(device)) this.context.store.dropLetter(ref);
    }
    this.parts.mail.post(user, 'read', mark);
  }

  private line(message: StoredMessage): HistoryMessage {
    const { id, peer, mine, text, at, kind, state, shown, after } = message;
    const from = mine ? this.context.me.name : (this.context.store.authorOf(message) ?? peer);
    const line = { id, from, text, at: isoTime(at), kind, state };
    return kind === 'group' && shown && after > 0 ? { ...line, gap: true } : line;
  }
}
