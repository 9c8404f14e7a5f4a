// Outgoing chat messages (SPEC CHAT-3, CHAT-10): on disk first, then over the link in order, settled when acknowledged.

import { hasVisibleText } from '../../../protocols/kit/text/visible-text.js';
import {
  ackFrameShape,
  isValidMessageText,
  messageId,
  receiptLetterShape,
  type MessageFrame,
  type ReceiptLetter,
} from '../../../protocols/chat/messages.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { MessageState } from '../../../protocols/control/commands/messages.js';
import { isOwnDevice, type Context } from '../core/context.js';
import { frameRoute, letterRoute, type CommandOf, type EventOf, type Part } from '../core/part.js';
import type { StoredMessage, Waiting } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { Links } from '../transport/links.js';
import type { People } from '../identity/people.js';
import type { StaleCopyReports } from '../identity/stale-copy-reports.js';
import type { DeliveredMarks } from '../transport/delivered-marks.js';
import type { Connector } from '../transport/connector.js';
import { wireMessage } from './wire-message.js';

interface Dependencies {
  readonly people: People;
  readonly staleCopies: StaleCopyReports;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly delivered: DeliveredMarks;
  readonly connector: Connector;
}

export class Outbox implements Part {
  readonly commands = { say: (ref: number, { user, text }: CommandOf<'say'>) => this.say(ref, user, text) };
  readonly frames = { ack: frameRoute('friend', ackFrameShape, ({ user }, ack) => this.acknowledged(user, ack)) };
  readonly letters = {
    receipt: letterRoute('anyone', receiptLetterShape, ({ from }, receipt) => this.acknowledged(from, receipt)),
  };
  readonly on = {
    awake: () => this.peers().forEach((user) => this.parts.connector.need(user)),
    friendLinked: ({ peer }: EventOf<'friendLinked'>) => this.startOver(peer.user),
    unlinked: ({ user }: EventOf<'unlinked'>) => this.unlinked(user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.giveUp(user),
    sendingResumed: ({ user }: EventOf<'sendingResumed'>) => this.rewrite(user),
  };
  /** How many messages wait, by peer. */
  private readonly counts = new Map<string, number>();
  /** How many of them a retired device of ours wrote: they are never sent unchanged (SPEC CHAT-19). */
  private readonly retired = new Map<string, number>();
  /** Conversations to look at before the turn ends. */
  private readonly dirty = new Set<string>();
  private readonly unlinkedUsers = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    for (const [peer, { queued, held }] of context.store.waitingCounts()) {
      this.counts.set(peer, queued + held);
      this.retired.set(peer, this.allFor(peer).filter(({ message }) => this.isOfRetiredDevice(message)).length);
    }
  }

  private say(ref: number, user: string, text: string): void {
    const conversation = this.mayWrite(user, text);
    if (conversation instanceof Refusal) return this.context.refuse(ref, conversation);
    const message = this.compose(conversation, text);
    this.context.succeed(ref, 'say', { id: message.id, state: 'queued' });
  }

  /** Takes a waiting message back; false if it does not wait. */
  cancel(peer: string, id: string): boolean {
    if (!this.settle(peer, id, 'cancelled')) return false;
    this.startOver(peer);
    return true;
  }

  /** Users for whom messages wait. */
  peers(): string[] {
    return [...this.counts.keys()];
  }

  hasWaiting(user: string): boolean {
    return this.counts.has(user);
  }

  private unlinked(user: string): void {
    if (!this.hasWaiting(user)) return;
    this.parts.connector.need(user);
    this.dirty.add(user);
  }

  private acknowledged(user: string, { device, conversation, ids, seen, heard }: ReceiptLetter): void {
    const known = this.parts.conversations.with(user);
    const { me } = this.context;
    if (known?.id !== conversation || !isOwnDevice(me, device)) return;
    if (device === me.device.publicKey) this.compare(user, known, { ids, seen, heard });
    const onTheirWay = new Set(known.window.remove(new Set(ids)));
    for (const id of ids) {
      // A message in the window is ours, waits, and went to this user: it need not be read from the store.
      if (!onTheirWay.has(id)) this.arrived(user, id);
      else if (this.settle(user, id, 'delivered')) this.notifyState(id, user, 'delivered');
    }
    this.dirty.add(user);
  }

  /** They may have more of this device than we do, or refuse a message (no ids) because its number is taken. */
  private compare(user: string, { lastSent }: Conversation, ack: Pick<ReceiptLetter, 'ids' | 'seen' | 'heard'>): void {
    const { ids, seen, heard } = ack;
    const isNews = seen !== null && (seen.seq > lastSent || ids.length === 0);
    if (isNews) this.parts.staleCopies.seenByUser(user, seen);
    if (heard && heard.seq <= lastSent) this.parts.delivered.keep(user, heard);
  }

  /** The friendship is over or the user is blocked: waiting messages are cancelled (SPEC CHAT-15). */
  private giveUp(user: string): void {
    this.startOver(user);
    for (const { message } of this.allFor(user)) this.settle(user, message.id, 'cancelled');
    this.parts.connector.needless(user);
  }

  /** A changed key was confirmed: waiting messages are written again under the new key. */
  private rewrite(user: string): void {
    const waiting = this.allFor(user);
    for (const { message } of waiting) this.settle(user, message.id, 'cancelled');
    this.parts.conversations.forget(user);
    const conversation = this.parts.conversations.with(user);
    if (conversation) for (const { message } of waiting) this.compose(conversation, message.text);
  }

  /** Waiting messages of this device above a seq. Only these can be sent. */
  sendable(user: string, afterSeq: number, limit: number, onlyQueued: boolean): StoredMessage[] {
    const room = Math.min(limit + (this.retired.get(user) ?? 0), Number.MAX_SAFE_INTEGER);
    const waiting = this.context.store.waitingFor(user, afterSeq, room, onlyQueued);
    const own = waiting.map(({ message }) => message).filter((message) => !this.isOfRetiredDevice(message));
    return own.slice(0, limit);
  }

  /** The highest seq below `seq` that waits and can be sent, 0 if none. */
  lastSendableBefore(user: string, seq: number): number {
    if ((this.retired.get(user) ?? 0) === 0) return this.context.store.lastWaitingBefore(user, seq);
    const before = this.sendable(user, 0, Number.MAX_SAFE_INTEGER, false).filter((message) => message.seq < seq);
    return before.at(-1)?.seq ?? 0;
  }

  /** A friend's history shows that this message arrived. */
  foundDelivered(user: string, id: string): void {
    const message = this.context.store.message(id);
    if (!message || !this.settle(user, id, 'delivered')) return;
    if (this.isOfRetiredDevice(message)) this.retired.set(user, (this.retired.get(user) ?? 1) - 1);
    this.notifyState(id, user, 'delivered');
  }

  /** Writes a waiting message of a retired device again as one of this device. False if it does not wait. */
  resend(user: string, message: StoredMessage): boolean {
    const conversation = this.parts.conversations.with(user);
    if (!conversation || !this.isOfRetiredDevice(message) || !this.context.store.dropUnsettled(message.id))
      return false;
    if (message.state === 'cancelled') {
      // It stays in the history, under a seq that is free.
      this.context.store.addMessage({ ...this.write(conversation, message.text), state: 'cancelled' });
      return true;
    }
    this.retired.set(user, (this.retired.get(user) ?? 1) - 1);
    this.countDown(user);
    this.compose(conversation, message.text);
    return true;
  }

  /** The friend has no message that a retired device of ours left waiting: all are written again. */
  resendAll(user: string): void {
    for (const { message } of this.allFor(user)) this.resend(user, message);
  }

  /** Sends what may be sent over links. */
  flush(): void {
    for (const user of this.dirty) {
      if (this.parts.links.isLinked(user)) this.pump(user);
      else this.unlinkedUsers.add(user);
    }
    this.dirty.clear();
  }

  /** The users of this turn's messages that have no link: `StoreAndForward` considers them. */
  takeUnlinked(): string[] {
    const users = [...this.unlinkedUsers];
    this.unlinkedUsers.clear();
    return users;
  }

  notifyState(id: string, to: string, state: MessageState): void {
    this.context.notify({ event: 'state', id, to, state });
  }

  /** Counts all unacknowledged messages as unsent: they leave again, in order, before the turn ends. */
  private startOver(user: string): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    conversation.window.reset();
    conversation.hasUnsent = true;
    this.dirty.add(user);
  }

  private mayWrite(user: string, text: string): Outcome<Conversation> {
    const person = this.parts.people.friend(user);
    if (person instanceof Refusal) return person;
    if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
    if (!isValidMessageText(text)) return new Refusal('TEXT_TOO_LONG', 'a message has at most 16 KiB');
    return this.parts.conversations.with(user) ?? new Refusal('NOT_FRIENDS', user);
  }

  private compose(conversation: Conversation, text: string): StoredMessage {
    const message = this.write(conversation, text);
    const { peer } = conversation;
    this.context.store.addOutgoing(message);
    this.counts.set(peer, (this.counts.get(peer) ?? 0) + 1);
    this.dirty.add(peer);
    if (!this.parts.links.isLinked(peer)) this.parts.connector.need(peer);
    else if (!conversation.hasUnsent) this.sendOrLeave(conversation, message);
    return message;
  }

  private write(conversation: Conversation, text: string): StoredMessage {
    const { me, now, primitives } = this.context;
    const numbered = {
      device: me.device.publicKey,
      seq: conversation.nextSeq('chat'),
      lamport: conversation.nextLamport(),
    };
    const id = messageId(me.name, { ...numbered, conversation: conversation.id, at: now, text }, primitives);
    const { peer } = conversation;
    const fixed = { peer, mine: true, kind: 'chat', state: 'queued', shown: true, after: 0, proof: null } as const;
    return { ...fixed, ...numbered, id, at: now, text };
  }

  /** Sends a message just written without reading the store: no older message is unsent. */
  private sendOrLeave(conversation: Conversation, message: StoredMessage): void {
    if (conversation.window.room > 0) this.send(conversation, message);
    else conversation.hasUnsent = true;
  }

  private pump(user: string): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation || !this.parts.people.isFriend(user)) return;
    const { window } = conversation;
    while (conversation.hasUnsent && window.room > 0) {
      const room = window.room;
      const next = this.sendable(user, window.cursor, room, false);
      for (const message of next) this.send(conversation, message);
      conversation.hasUnsent = next.length === room;
    }
  }

  private send(conversation: Conversation, message: StoredMessage): void {
    const after = conversation.window.add(message);
    const { ownProofs } = this.context;
    const frame: MessageFrame = { type: 'message', ...wireMessage(conversation.id, message, { after, ownProofs }) };
    this.parts.links.send(conversation.peer, frame);
  }

  private arrived(user: string, id: string): void {
    const message = this.context.store.message(id);
    if (!message?.mine || message.peer !== user || message.kind !== 'chat') return;
    const wasCancelled = message.state === 'cancelled';
    if (wasCancelled) this.context.store.setState(id, 'delivered');
    if (wasCancelled || this.settle(user, id, 'delivered')) this.notifyState(id, user, 'delivered');
  }

  /** Takes a message off the outbox; false if it was not waiting. */
  private settle(peer: string, id: string, state: 'delivered' | 'cancelled'): boolean {
    if (!this.context.store.settle(id, state)) return false;
    this.countDown(peer);
    return true;
  }

  private countDown(peer: string): void {
    const left = (this.counts.get(peer) ?? 1) - 1;
    if (left > 0) this.counts.set(peer, left);
    else this.counts.delete(peer);
    if (left <= 0) this.parts.connector.needless(peer);
  }

  private isOfRetiredDevice({ device }: StoredMessage): boolean {
    return device !== this.context.me.device.publicKey;
  }

  private allFor(user: string): Waiting[] {
    return this.context.store.waitingFor(user, 0, Number.MAX_SAFE_INTEGER, false);
  }
}
