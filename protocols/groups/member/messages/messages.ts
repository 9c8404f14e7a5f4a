// Sends, checks, stores and releases messages (SPEC, "Messages"). A message is on disk before it is sent or
// acknowledged, and is shown in the same order at every member.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { Refusal } from '../../../kit/refusals.js';
import { objectId, signObject, type Signed } from '../../../kit/signed.js';
import type { Cut, LogPosition, VersionVector } from '../../entry.js';
import { isMessageSigned, peekMessage, textRefusal, type GroupMessage } from '../../group-message.js';
import type { MessageVerdict } from '../../log/membership-intervals.js';
import type { MemberContext } from '../member-context.js';
import type { StoredGroupMessage, Visibility } from '../group-store.js';
import { BudgetedDevices } from './author-budget.js';
import { cutAt } from './cut.js';
import { HeldBack } from './held-back.js';
import { firstReadableEpoch } from './readable-epoch.js';

/** The last message of a device. */
interface LastMessage {
  seq: number;
  id: string;
  epoch: LogPosition;
}

/**
 * `later`: an earlier message of the device, or an entry that the message cites, is missing. `over budget`: its author
 * has sent too much today (SPEC GROUP-46).
 */
export type Receipt = 'new' | 'known' | 'later' | 'rejected' | 'over budget';

export class MemberMessages {
  private readonly lastMessages = new Map<string, LastMessage>();
  /** The newest message of each device that no stored message depends on: the next own message depends on these. */
  private heads = new Map<string, { seq: number; epoch: number }>();
  private readonly heldBack = new HeldBack();
  readonly budgeted: BudgetedDevices;
  private lamport: number;

  constructor(private readonly context: MemberContext) {
    const { store } = context;
    this.budgeted = new BudgetedDevices(context.budget);
    const ends = store.lastSeqs();
    const own = ends.find(({ device }) => device === context.self.device.publicKey);
    // Starts from the last own message, so that a restart gives a claimed time of others no more effect than before.
    this.lamport = (own && store.messageAt(own.device, own.seq)?.lamport) ?? 0;
    this.advanceLamport(store.lastLamport());
    for (const { device, seq } of ends) this.restore(device, seq);
    for (const { signed, id } of [...store.heldBack()].sort((a, b) => a.seq - b.seq)) {
      const message = peekMessage(signed);
      if (message) this.heldBack.add(id, { message, until: 0 });
    }
  }

  wakeAt(): Instant | null {
    return this.heldBack.firstUntil();
  }

  /** The cut for a member that goes, or for its devices except `besides`. */
  cutOf(user: string, key: string, besides: ReadonlySet<string> = new Set()): Cut {
    const { roster } = this.context.log;
    const ends = [...this.lastMessages].map(([device, { seq }]) => ({ device, seq }));
    const own = ends.filter(({ device }) => roster.owns(user, key, device) && !besides.has(device));
    return cutAt(this.context, own);
  }

  /** The highest stored number of each device. */
  versionVector(): VersionVector {
    return [...this.lastMessages].map(([device, { seq }]) => ({ device, seq })).slice(0, LIMITS.groupDevicesMax);
  }

  seqOf(device: string): number {
    return this.lastMessages.get(device)?.seq ?? 0;
  }

  send(text: string): StoredGroupMessage | Refusal {
    const { context } = this;
    const refusal = !context.isMember ? new Refusal('NOT_MEMBER', context.name) : textRefusal(text);
    if (refusal !== null) return refusal;
    const message = this.compose(text);
    const signed = signObject('group_message', message, context.self.device, context.dependencies.primitives);
    const stored = this.append(message, signed, 'shown', 'queued');
    context.broadcast({ type: 'messages', messages: [signed], more: false });
    return stored;
  }

  /** A message that the peer `from` sent, of any author (SPEC GROUP-24 to GROUP-27). */
  receive(signed: Signed, from: string): Receipt {
    const { context } = this;
    const message = peekMessage(signed);
    if (message === null || message.group !== context.group) return 'rejected';
    if (!context.isMember) return 'later';
    const seq = this.seqOf(message.device);
    if (message.seq <= seq) return this.compareWithStored(message, signed);
    const verdict = this.verdictOf(message);
    if (verdict !== 'accepted') return verdict === 'unknown epoch' ? 'later' : 'rejected';
    if (this.mustWait(message, from)) return 'later';
    if (message.seq > seq + 1 && !context.intervals.maySkip(message, seq, this.firstEpoch())) return 'later';
    const known = this.lastMessages.get(message.device);
    const continues = message.seq > seq + 1 || !known || message.previous === known.id;
    if (!isMessageSigned(message, signed, context.dependencies.primitives) || textRefusal(message.text) !== null)
      return 'rejected';
    if (!continues) return this.reportConflict(message);
    if (!this.budgeted.admits(message, this.keyOf(message), signed)) return 'over budget';
    this.acceptNew(message, signed);
    return 'new';
  }

  /**
   * SPEC GROUP-58. The entry with the cut is still to come, and a thief may have the device. The author itself may pass
   * on what it wrote: its link or letter proves a device that was not replaced.
   */
  private mustWait(message: GroupMessage, from: string): boolean {
    const { log, intervals } = this.context;
    return from !== message.by && log.isReplaced(message.by, message.device) && !intervals.isCut(message);
  }

  /** A message from before the own membership: it is shown, but not counted in the version vector (SPEC GROUP-33). */
  receiveHistory(signed: Signed): boolean {
    const { context } = this;
    const message = peekMessage(signed);
    const since = context.membership.own?.since ?? 0;
    if (message === null || message.group !== context.group || this.verdictOf(message) !== 'accepted') return false;
    const index = context.intervals.epochIndex(message.epoch);
    if (index === null || index >= since || context.store.messageAt(message.device, message.seq)) return false;
    if (!isMessageSigned(message, signed, context.dependencies.primitives)) return false;
    const stored = this.storedMessage(message, signed, 'shown');
    if (!context.store.addMessage(stored)) return false;
    this.advanceLamport(message.lamport);
    context.emit({ type: 'show', message: stored });
    return true;
  }

  /** Releases held messages whose dependencies have come or whose time is over (SPEC GROUP-28). */
  wake(): void {
    for (const [id, { message, until }] of this.heldBack.inOrder()) {
      const isComplete = this.isComplete(message);
      if (isComplete || until <= this.context.now) this.release(id, message, isComplete ? 'shown' : 'marked');
    }
  }

  /** The membership of these users changed: hides messages beyond a cut, shows messages within one (SPEC GROUP-23). */
  review(users: readonly string[]): void {
    const { context } = this;
    for (const { device } of context.store.lastSeqs()) {
      if (!users.some((user) => context.membership.isDeviceOf(user, device))) continue;
      for (const stored of context.store.messagesFrom(device, 0, LIMITS.groupUnsettledMessagesMax))
        this.reviewMessage(stored);
    }
  }

  private reviewMessage(stored: StoredGroupMessage): void {
    const message = peekMessage(stored.signed);
    if (message === null) return;
    const isAccepted = this.verdictOf(message) === 'accepted';
    if (!isAccepted && stored.visibility !== 'hidden') {
      this.heldBack.remove(stored.id);
      this.context.store.setVisibility(stored.id, 'hidden');
      // An own message that was not delivered before the removal: no member accepts it any more.
      if (stored.mine && stored.state !== 'delivered') this.context.store.setState(stored.id, 'cancelled');
    } else if (isAccepted && stored.visibility === 'hidden') {
      this.context.store.setVisibility(stored.id, 'shown');
    }
  }

  /** The jump is limited, so that a liar cannot use up the counter (SPEC GROUP-29). */
  private advanceLamport(lamport: number): void {
    this.lamport = Math.max(this.lamport, Math.min(lamport, this.lamport + LIMITS.groupLamportJump));
  }

  private compose(text: string): GroupMessage {
    const { context } = this;
    const device = context.self.device.publicKey;
    const last = this.lastMessages.get(device);
    this.lamport = Math.min(this.lamport + 1, Number.MAX_SAFE_INTEGER);
    return {
      group: context.group,
      epoch: context.log.position,
      by: context.self.user,
      device,
      seq: (last?.seq ?? 0) + 1,
      previous: last?.id ?? null,
      before: last ? (context.intervals.epochIndex(last.epoch) ?? 0) : 0,
      after: this.dependencyHeads(),
      lamport: this.lamport,
      at: context.now,
      text,
    };
  }

  private dependencyHeads(): GroupMessage['after'] {
    const others = [...this.heads].filter(([device]) => device !== this.context.self.device.publicKey);
    const newest = others.slice(-LIMITS.groupParentsMax);
    return newest.map(([device, { seq, epoch }]) => ({ device, seq, epoch }));
  }

  private acceptNew(message: GroupMessage, signed: Signed): void {
    const { context } = this;
    const isComplete = this.isComplete(message);
    const visibility = isComplete ? 'shown' : this.heldBack.isFull ? 'marked' : 'held';
    const stored = this.append(message, signed, visibility);
    if (visibility !== 'held') context.emit({ type: 'show', message: stored });
    else this.heldBack.add(stored.id, { message, until: context.now + LIMITS.groupReorderMs });
  }

  private append(
    message: GroupMessage,
    signed: Signed,
    visibility: Visibility,
    state: StoredGroupMessage['state'] = 'delivered',
  ): StoredGroupMessage {
    const { context } = this;
    const stored = { ...this.storedMessage(message, signed, visibility), state };
    context.store.addMessage(stored);
    const epoch = context.intervals.epochIndex(message.epoch) ?? 0;
    this.lastMessages.set(message.device, { seq: message.seq, id: stored.id, epoch: message.epoch });
    this.advanceLamport(message.lamport);
    for (const { device, seq } of message.after)
      if ((this.heads.get(device)?.seq ?? 0) <= seq) this.heads.delete(device);
    this.heads.delete(message.device);
    this.heads.set(message.device, { seq: message.seq, epoch });
    return stored;
  }

  private storedMessage(message: GroupMessage, signed: Signed, visibility: Visibility): StoredGroupMessage {
    const { by, device, seq, lamport, at, text } = message;
    const id = objectId('group_message', signed.payload, this.context.dependencies.primitives);
    const { self } = this.context;
    const key = this.keyOf(message);
    const mine = by === self.user && key === self.key;
    return { id, by, key, device, seq, lamport, at, text, mine, visibility, state: 'delivered', signed };
  }

  /** The identity key of its author. */
  private keyOf(message: GroupMessage): string {
    return this.context.intervals.intervalOf(message)?.key ?? this.context.self.key;
  }

  private release(id: string, message: GroupMessage, visibility: 'shown' | 'marked'): void {
    this.heldBack.remove(id);
    this.context.store.setVisibility(id, visibility);
    const stored = this.context.store.messageAt(message.device, message.seq);
    if (stored !== null) this.context.emit({ type: 'show', message: stored });
  }

  /** Are all messages shown that this one depends on, and all earlier ones of its device? */
  private isComplete({ device: own, seq: number, after }: GroupMessage): boolean {
    const since = this.firstEpoch();
    const isShown = (device: string, seq: number): boolean =>
      this.seqOf(device) >= seq && !this.heldBack.has(device, seq);
    const relevant = after.filter(({ epoch }) => epoch >= since);
    return !this.heldBack.has(own, number - 1) && relevant.every(({ device, seq }) => isShown(device, seq));
  }

  private verdictOf(message: GroupMessage): MessageVerdict {
    const { context } = this;
    const verdict = context.intervals.verdict(message);
    if (verdict !== 'accepted') return verdict;
    const member = context.log.members.get(message.by);
    const cut = member && context.membership.orphanedRemoval(member);
    return cut && message.seq > (cut.get(message.device) ?? 0) ? 'rejected' : 'accepted';
  }

  /** The first epoch index whose messages are for this member. */
  private firstEpoch(): number {
    return firstReadableEpoch(this.context, this.context.self.user);
  }

  private compareWithStored(message: GroupMessage, signed: Signed): Receipt {
    const stored = this.context.store.messageAt(message.device, message.seq);
    if (stored === null || stored.signed.payload === signed.payload) return 'known';
    return isMessageSigned(message, signed, this.context.dependencies.primitives)
      ? this.reportConflict(message)
      : 'rejected';
  }

  /** SPEC GROUP-30. */
  private reportConflict({ by, seq }: GroupMessage): Receipt {
    this.context.emit({ type: 'warn', code: 'GROUP_CONFLICT', text: `${by} ${seq}` });
    return 'rejected';
  }

  private restore(device: string, seq: number): void {
    const stored = this.context.store.messageAt(device, seq);
    const message = stored && peekMessage(stored.signed);
    if (!stored || !message) return;
    this.lastMessages.set(device, { seq, id: stored.id, epoch: message.epoch });
    this.heads.set(device, { seq, epoch: this.context.intervals.epochIndex(message.epoch) ?? 0 });
  }
}
