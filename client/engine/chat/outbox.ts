// What I say (SPEC CHAT-3, CHAT-10): on disk first, then over the link in order, gone when acknowledged.

import { isValidMessageText, messageId, type AckFrame, type MessageFrame } from '../../../protocols/chat/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { MessageState, OutboxMessage } from '../../../protocols/control/commands/messages.js';
import { isoTime, type Context } from '../core/context.js';
import type { StoredMessage, Waiting } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { Links } from '../transport/links.js';
import type { People } from '../identity/people.js';
import type { Connector } from '../transport/connector.js';
import { wireMessage } from './wire-message.js';

interface Parts {
  readonly people: People;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly reach: Connector;
}

export class Outbox {
  /** How many messages wait, by peer. */
  private readonly counts = new Map<string, number>();
  /** How many of them a device of ours wrote that is retired: they are never sent as they are (SPEC CHAT-19). */
  private readonly old = new Map<string, number>();
  /** Conversations to look at before the turn ends. */
  private readonly dirty = new Set<string>();
  private readonly unlinkedUsers = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    for (const [peer, { queued, held }] of context.store.waitingCounts()) {
      this.counts.set(peer, queued + held);
      this.old.set(peer, this.allFor(peer).filter(({ message }) => this.isOld(message)).length);
    }
  }

  say(ref: number, user: string, text: string): void {
    const conversation = this.mayWrite(user, text);
    if (conversation instanceof Refusal) return this.context.refuse(ref, conversation);
    const message = this.compose(conversation, text);
    this.context.succeed(ref, 'say', { id: message.id, state: 'queued' });
  }

  cancel(ref: number, id: string): void {
    const message = this.context.store.message(id);
    if (!message?.mine) return this.context.refuseWith(ref, 'MESSAGE_UNKNOWN', id);
    if (message.kind === 'group') return this.context.refuseWith(ref, 'GROUP_SAID', id);
    if (!this.settle(message.peer, id, 'cancelled')) return this.context.refuseWith(ref, 'NOT_WAITING', id);
    this.context.succeed(ref, 'cancel', { id });
    // Those behind it may be held back for it at the other side (SPEC CHAT-17).
    this.startOver(message.peer);
    if (this.hasWaiting(message.peer)) this.context.report({ type: 'cancelled', user: message.peer });
  }

  /** `others`: what waits elsewhere than between two people. */
  list(ref: number, others: readonly OutboxMessage[] = []): void {
    const messages = this.context.store.waiting(LIMITS.outboxPage).map((waiting) => this.line(waiting));
    this.context.succeed(ref, 'outbox', { messages: [...messages, ...others] });
  }

  line({ message, heldAt }: Waiting): OutboxMessage {
    const { id, peer, text, at } = message;
    const nextTry = heldAt === null ? this.nextTryAt(peer) : null;
    const common = { id, to: peer, text, at: isoTime(at), why: this.parts.conversations.with(peer)?.why ?? null };
    return {
      ...common,
      state: heldAt === null ? 'queued' : 'held',
      nextTry: nextTry === null ? null : isoTime(nextTry),
    };
  }

  /** Peers somebody's words wait for. */
  peers(): string[] {
    return [...this.counts.keys()];
  }

  hasWaiting(user: string): boolean {
    return this.counts.has(user);
  }

  linked(user: string): void {
    this.startOver(user);
  }

  unlinked(user: string): void {
    if (!this.hasWaiting(user)) return;
    this.parts.reach.need(user);
    this.dirty.add(user);
  }

  acknowledged(user: string, { device, conversation, upTo, ids }: Omit<AckFrame, 'type'>): void {
    const known = this.parts.conversations.with(user);
    const { me } = this.context;
    const isOurs = device === me.device.publicKey || device === me.retiredDevice;
    if (known?.id !== conversation || !isOurs) return;
    // They know more of this device than we do, or refused a message because its number was taken (no ids).
    const isOutrun = upTo > known.saidUpTo || ids.length === 0;
    if (isOutrun && device === me.device.publicKey) this.context.report({ type: 'outrun', user });
    const onTheirWay = new Set(known.window.remove(new Set(ids)));
    for (const id of ids) {
      // What the window knows is ours, waits, and went to this user: the message itself need not be read again.
      if (!onTheirWay.has(id)) this.arrived(user, id);
      else if (this.settle(user, id, 'delivered')) this.tellState(id, user, 'delivered');
    }
    this.dirty.add(user);
  }

  /** The friendship is over, or they are blocked: what has not arrived never will. */
  giveUp(user: string): void {
    this.startOver(user);
    for (const { message } of this.allFor(user)) this.settle(user, message.id, 'cancelled');
    this.parts.reach.needless(user);
  }

  /** The user's key is another, and confirmed: what was written under the old one is written again under the new. */
  rewrite(user: string): void {
    const waiting = this.allFor(user);
    for (const { message } of waiting) this.settle(user, message.id, 'cancelled');
    this.parts.conversations.forget(user);
    const conversation = this.parts.conversations.with(user);
    if (conversation) for (const { message } of waiting) this.compose(conversation, message.text);
  }

  /** Those waiting that this device wrote, above a seq: the only ones it can send. */
  sendable(user: string, afterSeq: number, limit: number, onlyQueued: boolean): StoredMessage[] {
    const room = Math.min(limit + (this.old.get(user) ?? 0), Number.MAX_SAFE_INTEGER);
    const waiting = this.context.store.waitingFor(user, afterSeq, room, onlyQueued);
    const own = waiting.map(({ message }) => message).filter((message) => !this.isOld(message));
    return own.slice(0, limit);
  }

  /** The highest seq below `seq` that waits and can be sent, 0 if none. */
  lastSendableBefore(user: string, seq: number): number {
    if ((this.old.get(user) ?? 0) === 0) return this.context.store.lastWaitingBefore(user, seq);
    const before = this.sendable(user, 0, Number.MAX_SAFE_INTEGER, false).filter((message) => message.seq < seq);
    return before.at(-1)?.seq ?? 0;
  }

  /** A friend remembers that this arrived. */
  foundDelivered(user: string, id: string): void {
    const message = this.context.store.message(id);
    if (!message || !this.settle(user, id, 'delivered')) return;
    if (this.isOld(message)) this.old.set(user, (this.old.get(user) ?? 1) - 1);
    this.tellState(id, user, 'delivered');
  }

  /** What a retired device wrote and nobody has is said again, by this one. False if it does not wait. */
  sayAgain(user: string, message: StoredMessage): boolean {
    const conversation = this.parts.conversations.with(user);
    if (!conversation || !this.isOld(message) || !this.context.store.dropWaiting(message.id)) return false;
    if (message.state === 'cancelled') {
      // It keeps its line, under a number that is free.
      this.context.store.addMessage({ ...this.write(conversation, message.text), state: 'cancelled' });
      return true;
    }
    this.old.set(user, (this.old.get(user) ?? 1) - 1);
    this.countDown(user);
    this.compose(conversation, message.text);
    return true;
  }

  /** Everything a retired device left waiting: nobody has it. */
  releaseOld(user: string): void {
    for (const { message } of this.allFor(user)) this.sayAgain(user, message);
  }

  /** Before the turn ends: whatever may be sent now is sent. */
  flush(): void {
    for (const user of this.dirty) {
      if (this.parts.links.isLinked(user)) this.pump(user);
      else this.unlinkedUsers.add(user);
    }
    this.dirty.clear();
  }

  /** Those of the turn's conversations that have no link: `Hold` considers them. */
  takeUnlinked(): string[] {
    const users = [...this.unlinkedUsers];
    this.unlinkedUsers.clear();
    return users;
  }

  tellState(id: string, to: string, state: MessageState): void {
    this.context.tell({ event: 'state', id, to, state });
  }

  /** Everything unacknowledged is unsent: it leaves again, in order, before the turn ends. */
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
    if (text.length === 0) return new Refusal('TEXT_EMPTY');
    if (!isValidMessageText(text)) return new Refusal('TEXT_TOO_LONG', 'a message has at most 16 KiB');
    return this.parts.conversations.with(user) ?? new Refusal('NOT_FRIENDS', user);
  }

  private compose(conversation: Conversation, text: string): StoredMessage {
    const message = this.write(conversation, text);
    const { peer } = conversation;
    this.context.store.addOutgoing(message);
    this.counts.set(peer, (this.counts.get(peer) ?? 0) + 1);
    this.dirty.add(peer);
    if (!this.parts.links.isLinked(peer)) this.parts.reach.need(peer);
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
    const fixed = { peer, mine: true, kind: 'chat', state: 'queued', shown: true, after: 0 } as const;
    return { ...fixed, ...numbered, id, at: now, text };
  }

  /** The quick way for a message just written: nothing older is unsent, so no look at the disk is needed. */
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
    const frame: MessageFrame = { type: 'message', ...wireMessage(conversation.id, message, after) };
    this.parts.links.send(conversation.peer, frame);
  }

  private arrived(user: string, id: string): void {
    const message = this.context.store.message(id);
    if (!message?.mine || message.peer !== user || message.kind !== 'chat') return;
    const wasCancelled = message.state === 'cancelled';
    if (wasCancelled) this.context.store.setState(id, 'delivered');
    if (wasCancelled || this.settle(user, id, 'delivered')) this.tellState(id, user, 'delivered');
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
    if (left <= 0) this.parts.reach.needless(peer);
  }

  private isOld({ device }: StoredMessage): boolean {
    return device !== this.context.me.device.publicKey;
  }

  private nextTryAt(user: string): number | null {
    return this.context.alarms.at(`hold ${user}`) ?? this.context.alarms.at(`reach ${user}`);
  }

  private allFor(user: string): Waiting[] {
    return this.context.store.waitingFor(user, 0, Number.MAX_SAFE_INTEGER, false);
  }
}
