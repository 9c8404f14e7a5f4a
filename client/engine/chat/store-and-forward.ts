// Without a link, waiting messages are left at the name server as letters (SPEC CHAT-11); receipts come back the same
// way.

import type { MessageLetter, WireMessage } from '../../../protocols/chat/messages.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { refusalText } from '../../../protocols/kit/refusals.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { EventOf, Part } from '../core/part.js';
import { SETTINGS } from '../core/settings.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { Outbox } from './outbox.js';
import { wireMessage } from './wire-message.js';
import type { LetterOutcome, OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { DeliveredMarks } from '../transport/delivered-marks.js';
import type { HandOff } from '../transport/hand-off.js';
import type { Session } from '../server/session.js';

interface Dependencies {
  readonly people: People;
  readonly session: Session;
  readonly mail: OutgoingMail;
  readonly handOff: HandOff;
  readonly delivered: DeliveredMarks;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
}

export class StoreAndForward implements Part {
  readonly on = {
    online: () => this.cameOnline(),
    offline: () => this.expiryCheck.drop('check'),
    presence: ({ user }: EventOf<'presence'>) => this.consider(user),
    friendshipLetterSent: ({ user }: EventOf<'friendshipLetterSent'>) => this.consider(user),
    keyClaimEnded: ({ user }: EventOf<'keyClaimEnded'>) => this.consider(user),
    friendshipReaffirmed: ({ user }: EventOf<'friendshipReaffirmed'>) => this.leaveAgain(user),
    friendDeviceChanged: ({ user }: EventOf<'friendDeviceChanged'>) => this.leaveAgain(user),
  };
  /** The next letter, by user. */
  private readonly alarms: PartAlarms;
  private readonly expiryCheck: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('store and forward');
    this.expiryCheck = context.alarms.for('held letters');
  }

  /** When the next letter for a user is due, null if none is. */
  nextTryAt(user: string): Instant | null {
    return this.alarms.at(user);
  }

  /** A friend never finds at one server what another one holds, so messages leave again (SPEC CHAT-23). */
  private cameOnline(): void {
    const { store, options } = this.context;
    const last = store.setting(SETTINGS.lastServer);
    if (last !== options.server) store.putSetting(SETTINGS.lastServer, options.server);
    if (last !== null && last !== options.server) this.requeue(Number.MAX_SAFE_INTEGER, null);
    this.requeueExpired();
  }

  /** Queues messages again that the name server no longer holds, now and during a long session. */
  private requeueExpired(): void {
    this.requeue(this.context.now - this.parts.session.heldMs, null);
    this.considerAll();
    this.expiryCheck.set('check', this.context.now + LIMITS.heldCheckMs, () => this.requeueExpired());
  }

  /** The letters that the name server holds for a user are useless there: their messages leave again. */
  leaveAgain(user: string): void {
    this.requeue(Number.MAX_SAFE_INTEGER, user);
    this.consider(user);
  }

  considerAll(): void {
    for (const user of this.parts.outbox.peers()) this.consider(user);
  }

  /** Considers the messages that this turn wrote to friends without a link. */
  flush(): void {
    for (const user of this.parts.outbox.takeUnlinked()) this.consider(user);
  }

  /** Leaves what waits for a user as a letter, now or when a link has been tried for long enough. */
  consider(user: string): void {
    const { session, handOff, outbox, people, mail } = this.parts;
    const conversation = this.parts.conversations.with(user);
    const isIdle = !session.isOnline || handOff.isServedByLink(user) || !outbox.hasWaiting(user);
    if (!conversation || isIdle || conversation.isLeaving || !people.isFriend(user)) return;
    if (mail.hasFriendshipLetter(user)) return; // `friendshipLetterSent` considers again
    const dueAt = Math.max(handOff.letterDueAt(user), mail.readyAt('message'));
    if (this.context.now >= dueAt) return this.leave(conversation);
    this.alarms.set(user, dueAt, () => this.consider(user));
  }

  private requeue(heldBefore: number, peer: string | null): void {
    for (const id of this.context.store.requeueHeld(heldBefore, peer)) {
      const message = this.context.store.message(id);
      if (message) this.parts.outbox.notifyState(id, message.peer, 'queued');
    }
  }

  private leave(conversation: Conversation): void {
    this.alarms.drop(conversation.peer);
    const batch = this.nextBatch(conversation.peer);
    if (batch.length === 0) return;
    conversation.isLeaving = true;
    const epoch = this.parts.people.get(conversation.peer)?.epoch ?? 1;
    const heard = this.parts.delivered.of(conversation.peer);
    const body: MessageLetter = { epoch, heard, messages: this.chain(conversation, batch) };
    const ids = batch.map((message) => message.id);
    this.parts.mail.send(conversation.peer, 'message', body, (fate) => this.settled(conversation, ids, fate));
  }

  private settled(conversation: Conversation, ids: string[], fate: LetterOutcome): void {
    const { peer } = conversation;
    conversation.isLeaving = false;
    if (fate === null) return this.tryLater(peer, fate); // the session ended, or the friend has no device to seal to
    if (fate === 'taken') {
      conversation.why = null;
      for (const id of this.context.store.markHeld(ids, this.context.now))
        this.parts.outbox.notifyState(id, peer, 'held');
      return this.consider(peer);
    }
    conversation.why = refusalText(fate);
    this.tryLater(peer, fate);
  }

  private tryLater(peer: string, fate: LetterOutcome): void {
    this.alarms.set(peer, this.parts.mail.retryAt('message', fate), () => this.consider(peer));
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

  /** The messages, each with its `after`: the nearest earlier message that waits too. */
  private chain(conversation: Conversation, batch: readonly StoredMessage[]): WireMessage[] {
    let after = this.parts.outbox.lastSendableBefore(conversation.peer, batch[0]?.seq ?? 0);
    return batch.map((message) => {
      const before = after;
      after = message.seq;
      return wireMessage(conversation.id, message, { after: before, ownProofs: this.context.ownProofs });
    });
  }
}
