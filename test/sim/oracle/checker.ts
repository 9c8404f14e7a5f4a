// The oracle of chat: hears all that is promised and shown, says at once which guarantee (ARCHITECTURE, G1–G4) broke.

import { MESSAGE_STATES } from '../../../protocols/control/commands/messages.js';
import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Command } from '../../../protocols/control/command.js';
import type { StoredPost } from '../../../client/engine/core/post-store.js';
import type { StoredMessage } from '../../../client/engine/core/store.js';
import type { Tally } from '../kernel/tally.js';
import { PostChecker } from './post-checker.js';
import { SentMessages, type SentMessage } from './sent-messages.js';
import { StaleCopies, type DiskSnapshot } from './stale-copies.js';

/** A look at what is on the disks now. */
export interface StoreView {
  message(user: string, id: string): StoredMessage | null;
  /** Those whose words `user` wants to hear. */
  friends(user: string): ReadonlySet<string>;
  /** `peer` has not yet given back what `user` lost. */
  isIncomplete(user: string, peer: string): boolean;
  post(user: string, author: string, id: string): StoredPost | null;
  /** A liar's word is worth nothing: what it sends in its own name may be anything. */
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
    const said = this.sent.withText(command.text);
    if (!said) return;
    if (!answer.ok) said.isRefused = true;
    else if ('id' in answer.data) this.promised(user, said, answer.data.id);
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
        if (event.code === 'REFILLED') this.tally.add('came back');
        return;
      case 'friend_removed':
        this.staleCopies.markParted(user, event.user);
        return this.tally.add('friends removed');
      default:
        return;
    }
  }

  /** A receiver let an acknowledgement leave. */
  hasAcknowledged(user: string, ids: readonly string[]): void {
    const known = this.acknowledged.get(user) ?? new Set();
    this.acknowledged.set(user, known);
    if (this.stores.isByzantine(user)) return;
    for (const id of ids) {
      known.add(id);
      this.mustHave(user, id, 'acknowledged it');
    }
  }

  /** A client died: what it promised must have survived. */
  crashed(user: string): void {
    for (const { id, isRepeatable, isMisplaced } of this.sent.promisedBy(user)) {
      // What may have got another id since is looked for in the end, by its text.
      if (id !== null && !isRepeatable && !isMisplaced) this.mustHave(user, id, 'said it was queued');
    }
    for (const id of this.acknowledged.get(user) ?? []) this.mustHave(user, id, 'acknowledged it');
    this.posts.crashed(user);
    this.turnEnded(user);
  }

  /** A user lost everything, and goes on with an old copy. `isOtherDevice`: of the time before the last renewal. */
  copyRestored(user: string, lost: DiskSnapshot, copy: DiskSnapshot & { isOtherDevice: boolean }): void {
    this.count(lost, copy);
    for (const { id } of this.staleCopies.restored(user, lost, copy)) {
      this.lastState.delete(id);
      this.acknowledged.get(user)?.delete(id);
    }
    const kept = new Set(copy.messages.map(({ text }) => text));
    for (const said of this.sent.promisedBy(user)) if (!kept.has(said.text)) this.markLost(said);
    for (const { peer, mine, text } of lost.messages) if (!mine && !kept.has(text)) this.forgetShown(user, peer, text);
    this.mayRepeat(copy.waiting);
    this.turnEnded(user);
  }

  /** A client took its data for an old copy, and its device for spent. What `waiting` has is said again. */
  renewed(user: string, waiting: readonly StoredMessage[]): void {
    this.mayRepeat(waiting);
    if (this.staleCopies.renewed(user)) return;
    const isMisled = [...this.stores.friends(user)].some((friend) => this.stores.isByzantine(friend));
    if (!isMisled) this.fail(`[CHAT-18] ${user} takes itself for an old copy`);
  }

  /** A client has nothing more to do at the moment. */
  turnEnded(user: string): void {
    this.friendsBefore.set(user, this.stores.friends(user));
  }

  /** The author's disk is gone. Where nobody else has it, nobody may ever see it. */
  private markLost(said: SentMessage): void {
    said.isLost = true;
    if (said.id === null || !this.stores.message(said.to, said.id)?.shown) said.isDoubtful = true;
  }

  private forgetShown(user: string, from: string, text: string): void {
    this.shown.delete(`${user} ${text}`);
    this.lastShown.delete(`${user} ${from}`);
  }

  private mayRepeat(waiting: readonly StoredMessage[]): void {
    for (const { id, peer, text } of waiting) {
      const said = this.sent.withText(text);
      if (said && !this.stores.message(peer, id)?.shown) said.isRepeatable = true;
    }
  }

  private count(lost: DiskSnapshot, copy: DiskSnapshot & { isOtherDevice: boolean }): void {
    const cancelled = new Set(lost.messages.filter(({ state }) => state === 'cancelled').map(({ id }) => id));
    this.tally.add('copies put back');
    if (copy.isOtherDevice) this.tally.add('copies of an older device');
    if (copy.waiting.length > 0) this.tally.add('copies with words waiting');
    if (copy.waiting.some(({ state }) => state === 'held')) this.tally.add('copies with words held');
    if (copy.waiting.some(({ id }) => cancelled.has(id))) this.tally.add('copies with words cancelled since');
    if (copy.messages.some(({ mine, state }) => !mine && state === 'delivered'))
      this.tally.add('copies with words unread');
  }

  private messageSent(author: string, { user, text }: { user: string; text: string }, kind: SentMessage['kind']): void {
    const said = this.sent.add({ text, kind, author, to: user });
    said.isMisplaced = this.staleCopies.isUnrenewed(author) || this.stores.isIncomplete(author, user);
    this.tally.add(kind === 'chat' ? 'said' : 'quick said');
  }

  private promised(user: string, said: SentMessage, id: string): void {
    this.sent.assignId(said, id);
    said.isPromised = true;
    this.mustHave(user, id, 'said it was on disk');
    if (said.kind === 'chat') return;
    this.tally.add('quick confirmed');
    if (this.stores.isByzantine(said.to)) return;
    this.mustHave(said.to, id, 'was said to have it');
  }

  private messageShown(user: string, event: Shown): void {
    const { id, from, text } = event;
    this.tally.add(event.event === 'chat' ? 'shown' : 'quick shown');
    if (!this.mayReceive(user, from)) this.fail(`[G4] ${user} hears from ${from}, who is no friend: ${text}`);
    if (this.stores.isByzantine(from)) return;
    const said = this.sent.withText(text);
    if (!said) return this.fail(`[G4] ${user} is shown what nobody wrote: ${text}`);
    if (said.author !== from) this.fail(`[G4] ${user} is shown "${text}" as by ${from}; ${said.author} wrote it`);
    if (said.to !== user) this.fail(`[G4] ${user} is shown "${text}", which was for ${said.to}`);
    if (said.kind !== event.event) this.fail(`[G2] ${user} is shown "${text}" as ${event.event}`);
    if (this.shown.has(`${user} ${text}`) && !said.isRepeatable) this.fail(`[G2] ${user} is shown "${text}" twice`);
    this.shown.add(`${user} ${text}`);
    this.mustHave(user, id, 'showed it');
    // The end of a friendship cancels too, and a cancelled message that had left may arrive at any time.
    said.isDoubtful ||= this.stores.message(from, id)?.state === 'cancelled';
    // What the lost disk had acknowledged may still be on its way in a letter.
    const isLate = said.isDoubtful || said.isRepeatable || this.staleCopies.mayLack(user, id);
    if (said.kind === 'chat' && !isLate) this.showInOrder(user, said);
  }

  private showInOrder(user: string, said: SentMessage): void {
    const lane = `${user} ${said.author}`;
    const last = this.lastShown.get(lane) ?? 0;
    if (said.nth < last) this.fail(`[G2] ${user} is shown number ${said.nth} of ${said.author} after number ${last}`);
    this.lastShown.set(lane, Math.max(last, said.nth));
  }

  private changeState(user: string, event: Extract<ClientEvent, { event: 'state' }>): void {
    const { id, to, state } = event;
    if (this.stores.isByzantine(to)) return;
    const rank = MESSAGE_STATES.indexOf(state);
    const last = this.lastState.get(id) ?? -1;
    // Held may become queued again: who could not hear us before, can now (or the name server gave up holding it).
    if (rank < last && last >= DELIVERED)
      this.fail(`[G3] ${user}: ${id} goes back from ${MESSAGE_STATES[last] ?? '?'} to ${state}`);
    this.lastState.set(id, rank);
    if (state !== 'queued') this.tally.add(state);
    if (state === 'delivered' || state === 'read') this.mustHave(to, id, `is said to have it (${state})`);
    if (state === 'read' && !this.staleCopies.mayLack(to, id) && this.stores.message(to, id)?.state !== 'read') {
      this.fail(`[G3] ${user} is told that ${to} has read ${id}, which is not so`);
    }
  }

  private mustHave(user: string, id: string, why: string): void {
    if (this.stores.message(user, id) || this.staleCopies.mayLack(user, id)) return;
    this.fail(
      `[G1] ${user} ${why}, but does not have ${id}: ${this.sent.withId(id)?.text ?? 'a message we know by id only'}`,
    );
  }

  /** A friendship may begin and end in one turn, so what was before it and what it told count too. */
  private mayReceive(user: string, from: string): boolean {
    return this.friendsBefore.get(user)?.has(from) || this.stores.friends(user).has(from);
  }

  private seeFriend(user: string, friend: string): void {
    this.friendsBefore.set(user, new Set([...(this.friendsBefore.get(user) ?? []), friend]));
  }
}
