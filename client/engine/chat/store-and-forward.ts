// When no link can be had, what waits is left at the name server as letters (SPEC CHAT-11), and comes back as receipts.

import type { MessageLetter, WireMessage } from '../../../protocols/chat/messages.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { refusalText } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { Links } from '../transport/links.js';
import type { Outbox } from './outbox.js';
import { wireMessage } from './wire-message.js';
import type { LetterOutcome, OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { Connector } from '../transport/connector.js';
import type { Session } from '../server/session.js';

interface Parts {
  readonly people: People;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly outbox: Outbox;
  readonly presence: Presence;
  readonly reach: Connector;
  readonly session: Session;
}

export class StoreAndForward {
  /** We are about to leave: do not wait for links any more; in the end, do not trust those that stand either. */
  exitMode: 'none' | 'no waiting' | 'no trust' = 'none';

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** We are online: what the server has given up holding is ours again, and everything waiting is looked at. */
  online(): void {
    this.requeue(this.context.now - this.parts.session.heldMs, null);
    this.considerAll();
    // A session may last for longer than what was left in it is held.
    this.context.alarms.set('held for long', this.context.now + LIMITS.heldCheckMs, () => this.online());
  }

  sessionEnded(): void {
    this.context.alarms.drop('held for long');
  }

  /** What the name server holds for a user will not do its work there: it is left again. */
  leaveAgain(user: string): void {
    this.requeue(Number.MAX_SAFE_INTEGER, user);
    this.consider(user);
  }

  considerAll(): void {
    for (const user of this.parts.outbox.peers()) this.consider(user);
  }

  /** Before the turn ends: what was said in it to friends without a link. */
  flush(): void {
    for (const user of this.parts.outbox.takeUnlinked()) this.consider(user);
  }

  /** Leaves what waits for a user, now or when a link has been tried for long enough. */
  consider(user: string): void {
    const { session, links, outbox, people } = this.parts;
    const conversation = this.parts.conversations.with(user);
    const isServed = links.isLinked(user) && this.exitMode !== 'no trust';
    const isIdle = !session.isOnline || isServed || !outbox.hasWaiting(user);
    if (!conversation || isIdle || conversation.isLeaving || !people.isFriend(user)) return;
    if (this.parts.mail.isFriendshipUnsaid(user)) return; // `mailed` looks again
    const dueAt = this.dueAt(user);
    if (this.context.now >= dueAt) return this.leave(conversation);
    this.context.alarms.set(`hold ${user}`, dueAt, () => this.consider(user));
  }

  private requeue(heldBefore: number, peer: string | null): void {
    for (const id of this.context.store.requeueHeld(heldBefore, peer)) {
      const message = this.context.store.message(id);
      if (message) this.parts.outbox.tellState(id, message.peer, 'queued');
    }
  }

  private dueAt(user: string): number {
    if (this.exitMode !== 'none' || this.parts.presence.isKnownOffline(user)) return this.context.now;
    const since = this.parts.reach.triedSince(user) ?? this.context.now;
    return since + this.context.options.linkWaitMs;
  }

  private leave(conversation: Conversation): void {
    this.context.alarms.drop(`hold ${conversation.peer}`);
    const batch = this.nextBatch(conversation.peer);
    if (batch.length === 0) return;
    conversation.isLeaving = true;
    const epoch = this.parts.people.get(conversation.peer)?.epoch ?? 1;
    const heard = this.parts.conversations.deliveredUpTo(conversation.peer);
    const body: MessageLetter = { epoch, heard, messages: this.chain(conversation, batch) };
    const ids = batch.map((message) => message.id);
    this.parts.mail.send(conversation.peer, 'message', body, (fate) => this.settled(conversation, ids, fate));
  }

  private settled(conversation: Conversation, ids: string[], fate: LetterOutcome): void {
    const { peer } = conversation;
    conversation.isLeaving = false;
    if (fate === null) return this.tryLater(peer); // the session ended, or the friend has no device to seal to
    if (fate === 'taken') {
      conversation.why = null;
      for (const id of this.context.store.markHeld(ids, this.context.now))
        this.parts.outbox.tellState(id, peer, 'held');
      return this.consider(peer);
    }
    conversation.why = refusalText(fate);
    this.tryLater(peer);
  }

  private tryLater(peer: string): void {
    this.context.alarms.set(`hold ${peer}`, this.context.now + LIMITS.letterRetryMs, () => this.consider(peer));
  }

  /** The oldest queued messages that fit one letter together. */
  private nextBatch(user: string): StoredMessage[] {
    const waiting = this.parts.outbox.sendable(user, 0, LIMITS.messagesPerLetter, true);
    let bytes = 0; // as JSON inside the JSON of a signed object: escaped twice
    const isOver = (message: StoredMessage): boolean => {
      bytes += byteLength(JSON.stringify(JSON.stringify(message.text))) + LIMITS.messageOverheadBytes;
      return bytes > LIMITS.messageLetterBytes;
    };
    const end = waiting.findIndex(isOver);
    return end < 0 ? waiting : waiting.slice(0, Math.max(end, 1));
  }

  /** The messages with the `after` of each: the nearest earlier one that waits as well. */
  private chain(conversation: Conversation, batch: readonly StoredMessage[]): WireMessage[] {
    let after = this.parts.outbox.lastSendableBefore(conversation.peer, batch[0]?.seq ?? 0);
    return batch.map((message) => {
      const before = after;
      after = message.seq;
      return wireMessage(conversation.id, message, before);
    });
  }
}
