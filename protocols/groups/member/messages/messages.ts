// What is said in a group (SPEC, "Messages"): numbered, signed, on disk before it leaves or is acknowledged, shown in
// one order everywhere.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { Refusal } from '../../../kit/refusals.js';
import { objectId, signObject, type Signed } from '../../../kit/signed.js';
import { textRefusal, isMessageSigned, peekMessage, type GroupMessage } from '../../group-message.js';
import type { Cut, LogPosition } from '../../entry.js';
import type { MemberContext } from '../member-io.js';
import type { StoredGroupMessage, Visibility } from '../group-store.js';

/** The last message of a device. */
interface LastMessage {
  seq: number;
  id: string;
  epoch: LogPosition;
}

/** `later`: it lies ahead of what I have, of its device or of the log. */
export type Receipt = 'new' | 'known' | 'later' | 'no';

export class MemberMessages {
  private readonly lastMessages = new Map<string, LastMessage>();
  /** Newest message of each device that nothing I have seen names as older: what my next one names. */
  private heads = new Map<string, { seq: number; epoch: number }>();
  /** Held back, and since when. */
  private readonly heldBack = new Map<string, { message: GroupMessage; until: Instant }>();
  private lamport: number;

  constructor(private readonly context: MemberContext) {
    const { store: shelf } = context;
    const ends = shelf.lastSeqs();
    const own = ends.find(({ device }) => device === context.self.device.publicKey);
    // From one's own last word on: what others claimed moves it no further than it did when it came.
    this.lamport = (own && shelf.messageAt(own.device, own.seq)?.lamport) ?? 0;
    this.advanceLamport(shelf.lastLamport());
    for (const { device, seq } of ends) this.restore(device, seq);
    for (const { signed, id } of shelf.heldBack()) {
      const message = peekMessage(signed);
      if (message) this.heldBack.set(id, { message, until: 0 });
    }
  }

  wakeAt(): Instant | null {
    let earliest: Instant | null = null;
    for (const { until } of this.heldBack.values()) earliest = Math.min(until, earliest ?? until);
    return earliest;
  }

  /** What a cut says of somebody who goes: all that I have of them counts. */
  cutOf(user: string, key: string): Cut {
    const { context: desk } = this;
    const own = [...this.lastMessages.keys()].filter((device) => desk.log.roster.owns(user, key, device));
    return own.flatMap((device) => this.lastAccepted(device) ?? []).slice(0, LIMITS.groupDevicesPerUser);
  }

  private lastAccepted(device: string): Cut[number] | null {
    const { context: desk } = this;
    for (let seq = this.seqOf(device); seq > 0; seq -= 1) {
      const kept = desk.store.messageAt(device, seq);
      const message = kept && kept.visibility !== 'hidden' ? peekMessage(kept.signed) : null;
      if (message) return { device, seq, epoch: desk.intervals.epochIndex(message.epoch) ?? 0 };
    }
    return null;
  }

  /** How far I have come with each device. */
  versionVector(): { device: string; seq: number }[] {
    return [...this.lastMessages].map(([device, { seq }]) => ({ device, seq })).slice(0, LIMITS.groupDevicesMax);
  }

  seqOf(device: string): number {
    return this.lastMessages.get(device)?.seq ?? 0;
  }

  send(text: string): StoredGroupMessage | Refusal {
    const { context: desk } = this;
    const refusal = desk.me === null ? new Refusal('NOT_MEMBER', desk.name) : textRefusal(text);
    if (refusal !== null) return refusal;
    const message = this.compose(text);
    const signed = signObject('group_message', message, desk.self.device, desk.dependencies.primitives);
    const kept = this.append(message, signed, 'shown', 'queued');
    desk.broadcast({ type: 'messages', messages: [signed], more: false });
    return kept;
  }

  /** A message that somebody passed on. */
  receive(signed: Signed): Receipt {
    const { context: desk } = this;
    const message = peekMessage(signed);
    if (message === null || message.group !== desk.group) return 'no';
    if (desk.me === null) return 'later';
    const seq = this.seqOf(message.device);
    if (message.seq <= seq) return this.compareWithStored(message, signed);
    const verdict = this.verdictOf(message);
    if (verdict !== 'counts') return verdict === 'unknown' ? 'later' : 'no';
    if (message.seq > seq + 1 && !desk.intervals.maySkip(message, seq, this.mySince())) return 'later';
    const known = this.lastMessages.get(message.device);
    const continues = message.seq > seq + 1 || !known || message.previous === known.id;
    if (!isMessageSigned(message, signed, desk.dependencies.primitives) || textRefusal(message.text) !== null)
      return 'no';
    if (!continues) return this.reportConflict(message);
    this.acceptNew(message, signed);
    return 'new';
  }

  /** One of the last messages before my time: shown, and no part of any count (SPEC GROUP-33). */
  receiveHistory(signed: Signed): boolean {
    const { context: desk } = this;
    const message = peekMessage(signed);
    const since = desk.me?.since ?? 0;
    if (message === null || message.group !== desk.group || this.verdictOf(message) !== 'counts') return false;
    const index = desk.intervals.epochIndex(message.epoch);
    if (index === null || index >= since || desk.store.messageAt(message.device, message.seq)) return false;
    if (!isMessageSigned(message, signed, desk.dependencies.primitives)) return false;
    const kept = this.storedMessage(message, signed, 'shown');
    if (!desk.store.addMessage(kept)) return false;
    this.advanceLamport(message.lamport);
    desk.emit({ type: 'show', message: kept });
    return true;
  }

  /** Shows what need wait no longer. */
  wake(): void {
    for (const [id, { message, until }] of this.heldBackInOrder()) {
      const isComplete = this.isComplete(message);
      if (isComplete || until <= this.context.now) this.release(id, message, isComplete ? 'shown' : 'marked');
    }
  }

  /** The row, or what is in force beside it, is another: what counts may be other messages (SPEC GROUP-23). */
  review(users: readonly string[]): void {
    const { context: desk } = this;
    for (const { device } of desk.store.lastSeqs()) {
      if (!users.some((user) => desk.isDeviceOf(user, device))) continue;
      for (const kept of desk.store.messagesFrom(device, 0, LIMITS.groupUnsettledMessagesMax)) this.reviewMessage(kept);
    }
  }

  private reviewMessage(kept: StoredGroupMessage): void {
    const message = peekMessage(kept.signed);
    if (message === null) return;
    const counts = this.verdictOf(message) === 'counts';
    if (!counts && kept.visibility !== 'hidden') {
      this.heldBack.delete(kept.id);
      this.context.store.setVisibility(kept.id, 'hidden');
      // Of mine: I was removed before the others had it, and now nobody takes it any more.
      if (kept.mine && kept.state !== 'delivered') this.context.store.setState(kept.id, 'cancelled');
    } else if (counts && kept.visibility === 'hidden') {
      this.context.store.setVisibility(kept.id, 'shown');
    }
  }

  /** Whoever claims to be at the end of time does not take the others along. */
  private advanceLamport(lamport: number): void {
    this.lamport = Math.max(this.lamport, Math.min(lamport, this.lamport + LIMITS.groupLamportJump));
  }

  private compose(text: string): GroupMessage {
    const { context: desk } = this;
    const device = desk.self.device.publicKey;
    const last = this.lastMessages.get(device);
    this.lamport = Math.min(this.lamport + 1, Number.MAX_SAFE_INTEGER);
    return {
      group: desk.group,
      epoch: desk.log.position,
      by: desk.self.user,
      device,
      seq: (last?.seq ?? 0) + 1,
      previous: last?.id ?? null,
      before: last ? (desk.intervals.epochIndex(last.epoch) ?? 0) : 0,
      after: this.dependencyHeads(),
      lamport: this.lamport,
      at: desk.now,
      text,
    };
  }

  private dependencyHeads(): GroupMessage['after'] {
    const others = [...this.heads].filter(([device]) => device !== this.context.self.device.publicKey);
    const newest = others.slice(-LIMITS.groupParentsMax);
    return newest.map(([device, { seq, epoch }]) => ({ device, seq, epoch }));
  }

  private acceptNew(message: GroupMessage, signed: Signed): void {
    const { context: desk } = this;
    const isComplete = this.isComplete(message);
    const kept = this.append(message, signed, isComplete ? 'shown' : 'held');
    if (isComplete) desk.emit({ type: 'show', message: kept });
    else this.heldBack.set(kept.id, { message, until: desk.now + LIMITS.groupReorderMs });
  }

  private append(
    message: GroupMessage,
    signed: Signed,
    sight: Visibility,
    state: StoredGroupMessage['state'] = 'delivered',
  ): StoredGroupMessage {
    const { context: desk } = this;
    const kept = { ...this.storedMessage(message, signed, sight), state };
    desk.store.addMessage(kept);
    const epoch = desk.intervals.epochIndex(message.epoch) ?? 0;
    this.lastMessages.set(message.device, { seq: message.seq, id: kept.id, epoch: message.epoch });
    this.advanceLamport(message.lamport);
    for (const { device, seq } of message.after)
      if ((this.heads.get(device)?.seq ?? 0) <= seq) this.heads.delete(device);
    this.heads.delete(message.device);
    this.heads.set(message.device, { seq: message.seq, epoch });
    return kept;
  }

  private storedMessage(message: GroupMessage, signed: Signed, sight: Visibility): StoredGroupMessage {
    const { by, device, seq, lamport, at, text } = message;
    const id = objectId('group_message', signed.payload, this.context.dependencies.primitives);
    const mine = by === this.context.self.user;
    return { id, by, device, seq, lamport, at, text, mine, visibility: sight, state: 'delivered', signed };
  }

  private release(id: string, message: GroupMessage, sight: 'shown' | 'marked'): void {
    this.heldBack.delete(id);
    this.context.store.setVisibility(id, sight);
    const kept = this.context.store.messageAt(message.device, message.seq);
    if (kept !== null) this.context.emit({ type: 'show', message: kept });
  }

  /** Is everything it names shown, or before my time? A message never overtakes one of its own device. */
  private isComplete({ device: own, seq: number, after }: GroupMessage): boolean {
    const since = this.mySince();
    const isShown = (device: string, seq: number): boolean => this.seqOf(device) >= seq && !this.isHeld(device, seq);
    const names = after.filter(({ epoch }) => epoch >= since);
    return !this.isHeld(own, number - 1) && names.every(({ device, seq }) => isShown(device, seq));
  }

  /** Is a message of this device, up to a number, held back? */
  private isHeld(device: string, seq: number): boolean {
    return [...this.heldBack.values()].some(({ message }) => message.device === device && message.seq <= seq);
  }

  private heldBackInOrder(): [string, { message: GroupMessage; until: Instant }][] {
    return [...this.heldBack].sort(
      ([, a], [, b]) => a.message.lamport - b.message.lamport || a.message.seq - b.message.seq,
    );
  }

  private verdictOf(message: GroupMessage): 'counts' | 'unknown' | 'no' {
    const { context: desk } = this;
    const verdict = desk.intervals.verdict(message);
    if (verdict !== 'counts') return verdict;
    const member = desk.log.members.get(message.by);
    const cut = member && desk.orphanedRemoval(member);
    return cut && message.seq > (cut.get(message.device) ?? 0) ? 'no' : 'counts';
  }

  /** From which epoch on messages are for me. */
  mySince(): number {
    return visibleSince(this.context, this.context.self.user);
  }

  private compareWithStored(message: GroupMessage, signed: Signed): Receipt {
    const kept = this.context.store.messageAt(message.device, message.seq);
    if (kept === null || kept.signed.payload === signed.payload) return 'known';
    return isMessageSigned(message, signed, this.context.dependencies.primitives) ? this.reportConflict(message) : 'no';
  }

  /** SPEC GROUP-30. */
  private reportConflict({ by, seq }: GroupMessage): Receipt {
    this.context.emit({ type: 'warn', code: 'GROUP_CONFLICT', text: `${by} ${seq}` });
    return 'no';
  }

  private restore(device: string, seq: number): void {
    const kept = this.context.store.messageAt(device, seq);
    const message = kept && peekMessage(kept.signed);
    if (!kept || !message) return;
    this.lastMessages.set(device, { seq, id: kept.id, epoch: message.epoch });
    this.heads.set(device, { seq, epoch: this.context.intervals.epochIndex(message.epoch) ?? 0 });
  }
}

/** From which epoch on messages are for a member: all of them, or those since they came (SPEC GROUP-33). */
export function visibleSince(desk: MemberContext, user: string): number {
  const member = desk.log.members.get(user);
  if (member === undefined) return Infinity;
  return desk.log.at(member.since)?.policy.history === 'all' ? 0 : member.since;
}
