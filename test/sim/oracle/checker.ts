// The oracle of chat: observes commands, answers, events and crashes, and reports each broken guarantee (G1–G4).

import { MESSAGE_STATES } from '../../../protocols/control/commands/messages.js';
import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Command } from '../../../protocols/control/command.js';
import type { Effect } from '../../../client/engine/core/io.js';
import type { StoredPost } from '../../../client/engine/core/post-store.js';
import type { StoredMessage } from '../../../client/engine/core/store.js';
import type { Tally } from '../kernel/tally.js';
import { acknowledgedBy } from './acknowledgements.js';
import { PostChecker } from './post-checker.js';
import { SentMessages, type SentMessage } from './sent-messages.js';
import { StaleCopies, type DiskSnapshot } from './stale-copies.js';

/** Reads what is on the disks now. */
export interface StoreView {
  message(user: string, id: string): StoredMessage | null;
  /** Users whose messages `user` accepts. */
  friends(user: string): ReadonlySet<string>;
  /** True while `user` still recovers lost messages from `peer`. */
  isIncomplete(user: string, peer: string): boolean;
  post(user: string, author: string, id: string): StoredPost | null;
  /** Under its own name, a byzantine user may send anything. */
  isByzantine(user: string): boolean;
}

const DELIVERED = MESSAGE_STATES.indexOf('delivered');

type Shown = Extract<ClientEvent, { event: 'chat' | 'quick' }>;

export class Checker {
  readonly sent = new SentMessages();
  readonly staleCopies = new StaleCopies();
  private readonly posts: PostChecker;
  private readonly shown = new Set<string>();
  private readonly lastShown = new Map<string, number>();
  private readonly lastState = new Map<string, number>();
  private readonly acknowledged = new Map<string, Set<string>>();
  private readonly friendsBefore = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly stores: StoreView,
    private readonly tally: Tally,
    private readonly fail: (violation: string) => void,
  ) {
    const wasRestored = (user: string) => this.staleCopies.wasRestored(user);
    this.posts = new PostChecker({ ...stores, wasRestored }, tally, fail);
  }

  commanded(user: string, command: Command): void {
    if (command.type === 'say') this.messageSent(user, command, 'chat');
    if (command.type === 'message') this.messageSent(user, command, 'quick');
    const cancelled = command.type === 'cancel' ? this.sent.withId(command.id) : null;
    if (cancelled) cancelled.isDoubtful = true;
  }

  answered(user: string, command: Command, answer: Answer): void {
    if (command.type === 'cancel' && answer.ok) this.tally.add('cancelled');
    if ((command.type === 'remove' || command.type === 'block') && answer.ok)
      this.staleCopies.markParted(user, command.user);
    this.posts.answered(user, command, answer);
    if (command.type !== 'say' && command.type !== 'message') return;
    const message = this.sent.withText(command.text);
    if (!message) return;
    if (!answer.ok) message.isRefused = true;
    else if ('id' in answer.data) this.promised(user, message, answer.data.id);
  }

  observed(user: string, event: ClientEvent): void {
    this.posts.observed(user, event);
    switch (event.event) {
      case 'chat':
      case 'quick':
        return this.messageShown(user, event);
      case 'state':
        return this.changeState(user, event);
      case 'friend_added':
        this.tally.add('friends added');
        return this.seeFriend(user, event.user);
      case 'warning':
        if (event.code === 'REFILLED') this.tally.add('recoveries');
        if (event.code === 'FRIEND_BUDGET') this.tally.add('budgets exceeded');
        return;
      case 'friend_removed':
        this.staleCopies.markParted(user, event.user);
        return this.tally.add('friends removed');
      default:
        return;
    }
  }

  /** An effect is about to be performed: what it depends on is on disk. */
  performs(user: string, effect: Effect): void {
    this.hasAcknowledged(user, acknowledgedBy(effect));
  }

  /** A receiver sent an acknowledgement. */
  hasAcknowledged(user: string, ids: readonly string[]): void {
    const known = this.acknowledged.get(user) ?? new Set();
    this.acknowledged.set(user, known);
    if (this.stores.isByzantine(user)) return;
    for (const id of ids) {
      known.add(id);
      this.mustHave(user, id, 'acknowledged it');
    }
  }

  /** A client crashed: confirmed and acknowledged messages must have survived. */
  crashed(user: string): void {
    for (const { id, isRepeatable, isMisplaced } of this.sent.promisedBy(user)) {
      // A message that may have got another id is checked at the end, by its text.
      if (id !== null && !isRepeatable && !isMisplaced) this.mustHave(user, id, 'said it was queued');
    }
    for (const id of this.acknowledged.get(user) ?? []) this.mustHave(user, id, 'acknowledged it');
    this.posts.crashed(user);
    this.turnEnded(user);
  }

  /** A lost disk was replaced by an old copy. `isOtherDevice`: the copy is from before the last renewal. */
  copyRestored(user: string, lost: DiskSnapshot, copy: DiskSnapshot & { isOtherDevice: boolean }): void {
    this.count(lost, copy);
    for (const { id } of this.staleCopies.restored(user, lost, copy)) {
      this.lastState.delete(id);
      this.acknowledged.get(user)?.delete(id);
    }
    const kept = new Set(copy.messages.map(({ text }) => text));
    for (const message of this.sent.promisedBy(user)) if (!kept.has(message.text)) this.markLost(message);
    for (const { peer, mine, text } of lost.messages) if (!mine && !kept.has(text)) this.forgetShown(user, peer, text);
    this.mayRepeat(copy.waiting);
    this.turnEnded(user);
  }

  /** A client detected that its data is a stale copy and renewed its device. Messages in `waiting` are sent again. */
  renewed(user: string, waiting: readonly StoredMessage[]): void {
    this.mayRepeat(waiting);
    if (this.staleCopies.renewed(user)) return;
    const isMisled = [...this.stores.friends(user)].some((friend) => this.stores.isByzantine(friend));
    if (!isMisled) this.fail(`[CHAT-18] ${user} renewed its device without a stale copy`);
  }

  /** All effects of a turn were performed. */
  turnEnded(user: string): void {
    this.friendsBefore.set(user, this.stores.friends(user));
  }

  /** The disk of the author is lost. Unless the recipient has the message, it may never be seen. */
  private markLost(message: SentMessage): void {
    message.isLost = true;
    if (message.id === null || !this.stores.message(message.to, message.id)?.shown) message.isDoubtful = true;
  }

  private forgetShown(user: string, from: string, text: string): void {
    // If the author runs on an old copy too, it may still send the message, behind newer ones.
    const message = this.sent.withText(text);
    if (message && this.staleCopies.wasRestored(from)) message.isRepeatable = true;
    this.shown.delete(`${user} ${text}`);
    this.lastShown.delete(`${user} ${from}`);
  }

  protected mayRepeat(waiting: readonly StoredMessage[]): void {
    for (const { id, peer, text } of waiting) {
      const message = this.sent.withText(text);
      if (message && !this.stores.message(peer, id)?.shown) message.isRepeatable = true;
    }
  }

  private count(lost: DiskSnapshot, copy: DiskSnapshot & { isOtherDevice: boolean }): void {
    const cancelled = new Set(lost.messages.filter(({ state }) => state === 'cancelled').map(({ id }) => id));
    this.tally.add('restored copies');
    if (copy.isOtherDevice) this.tally.add('restored copies of an older device');
    if (copy.waiting.length > 0) this.tally.add('restored copies with queued messages');
    if (copy.waiting.some(({ state }) => state === 'held')) this.tally.add('restored copies with held messages');
    if (copy.waiting.some(({ id }) => cancelled.has(id)))
      this.tally.add('restored copies with messages cancelled since');
    if (copy.messages.some(({ mine, state }) => !mine && state === 'delivered'))
      this.tally.add('restored copies with unread messages');
  }

  private messageSent(author: string, { user, text }: { user: string; text: string }, kind: SentMessage['kind']): void {
    const message = this.sent.add({ text, kind, author, to: user });
    message.isMisplaced = this.staleCopies.isUnrenewed(author) || this.stores.isIncomplete(author, user);
    this.tally.add(kind === 'chat' ? 'sent' : 'quick sent');
  }

  private promised(user: string, message: SentMessage, id: string): void {
    this.sent.assignId(message, id);
    message.isPromised = true;
    this.mustHave(user, id, 'confirmed it');
    if (message.kind === 'chat') return;
    this.tally.add('quick confirmed');
    if (this.stores.isByzantine(message.to)) return;
    this.mustHave(message.to, id, 'must have it');
  }

  private messageShown(user: string, event: Shown): void {
    const { id, from, text } = event;
    this.tally.add(event.event === 'chat' ? 'shown' : 'quick shown');
    if (!this.mayReceive(user, from)) this.fail(`[G4] ${user} receives from ${from}, who is not a friend: ${text}`);
    if (this.stores.isByzantine(from)) return;
    const message = this.sent.withText(text);
    if (!message) return this.fail(`[G4] ${user} is shown a text that no user wrote: ${text}`);
    if (message.author !== from) this.fail(`[G4] ${user} is shown "${text}" as by ${from}; ${message.author} wrote it`);
    if (message.to !== user) this.fail(`[G4] ${user} is shown "${text}", which was for ${message.to}`);
    if (message.kind !== event.event) this.fail(`[G2] ${user} is shown "${text}" as ${event.event}`);
    if (this.shown.has(`${user} ${text}`) && !message.isRepeatable) this.fail(`[G2] ${user} is shown "${text}" twice`);
    this.shown.add(`${user} ${text}`);
    this.mustHave(user, id, 'showed it');
    // The end of a friendship cancels messages, and a cancelled message that was already sent may still arrive.
    message.isDoubtful ||= this.stores.message(from, id)?.state === 'cancelled';
    // A letter may still carry an acknowledgement of the lost disk.
    const isLate = message.isDoubtful || message.isRepeatable || this.staleCopies.mayLack(user, id);
    if (message.kind === 'chat' && !isLate) this.showInOrder(user, message);
  }

  private showInOrder(user: string, message: SentMessage): void {
    const lane = `${user} ${message.author}`;
    const last = this.lastShown.get(lane) ?? 0;
    if (message.nth < last)
      this.fail(`[G2] ${user} is shown number ${message.nth} of ${message.author} after number ${last}`);
    this.lastShown.set(lane, Math.max(last, message.nth));
  }

  private changeState(user: string, event: Extract<ClientEvent, { event: 'state' }>): void {
    const { id, to, state } = event;
    if (this.stores.isByzantine(to)) return;
    const rank = MESSAGE_STATES.indexOf(state);
    const last = this.lastState.get(id) ?? -1;
    // Held may become queued again: the friend is reachable now, or the name server stopped holding the message.
    if (rank < last && last >= DELIVERED)
      this.fail(`[G3] ${user}: ${id} goes back from ${MESSAGE_STATES[last] ?? '?'} to ${state}`);
    this.lastState.set(id, rank);
    if (state !== 'queued') this.tally.add(state);
    if (state === 'delivered' || state === 'read') this.mustHave(to, id, `must have it (${state})`);
    if (state === 'read' && !this.staleCopies.mayLack(to, id) && this.stores.message(to, id)?.state !== 'read') {
      this.fail(`[G3] ${user} gets the state read for ${id}, which ${to} has not read`);
    }
  }

  private mustHave(user: string, id: string, why: string): void {
    if (this.stores.message(user, id) || this.staleCopies.mayLack(user, id)) return;
    this.fail(
      `[G1] ${user} ${why}, but does not have ${id}: ${this.sent.withId(id)?.text ?? 'a message we know by id only'}`,
    );
  }

  /** A friendship may begin and end within one turn, so the friends before the turn and those announced count too. */
  private mayReceive(user: string, from: string): boolean {
    return this.friendsBefore.get(user)?.has(from) || this.stores.friends(user).has(from);
  }

  private seeFriend(user: string, friend: string): void {
    this.friendsBefore.set(user, new Set([...(this.friendsBefore.get(user) ?? []), friend]));
  }
}
