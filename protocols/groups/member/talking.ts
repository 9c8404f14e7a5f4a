// What is said in a group (SPEC, "Messages"): numbered, signed, on disk before it leaves or is acknowledged, shown in
// one order everywhere.

import { LIMITS } from '../../kit/limits.js';
import type { Instant } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import { objectId, signObject, type Signed } from '../../kit/signed.js';
import { fitsText, isSigned, peekMessage, type GroupMessage } from '../group-message.js';
import type { Cut, Place } from '../entry.js';
import type { Desk } from './desk.js';
import type { KeptMessage, Sight } from './shelf.js';

/** The last message of a device. */
interface Lane {
  seq: number;
  id: string;
  epoch: Place;
}

/** `later`: it lies ahead of what I have, of its device or of the log. */
export type Receipt = 'new' | 'known' | 'later' | 'no';

export class Talking {
  private readonly lanes = new Map<string, Lane>();
  /** Newest message of each device that nothing I have seen names as older: what my next one names. */
  private heads = new Map<string, { seq: number; epoch: number }>();
  /** Held back, and since when. */
  private readonly held = new Map<string, { message: GroupMessage; until: Instant }>();
  private lamport: number;

  constructor(private readonly desk: Desk) {
    const { shelf } = desk;
    const ends = shelf.laneEnds();
    const own = ends.find(({ device }) => device === desk.self.device.publicKey);
    // From one's own last word on: what others claimed moves it no further than it did when it came.
    this.lamport = (own && shelf.messageAt(own.device, own.seq)?.lamport) ?? 0;
    this.hearLamport(shelf.lastLamport());
    for (const { device, seq } of ends) this.recall(device, seq);
    for (const { signed, id } of shelf.heldBack()) {
      const message = peekMessage(signed);
      if (message) this.held.set(id, { message, until: 0 });
    }
  }

  wakeAt(): Instant | null {
    let earliest: Instant | null = null;
    for (const { until } of this.held.values()) earliest = Math.min(until, earliest ?? until);
    return earliest;
  }

  /** What a cut says of somebody who goes: all that I have of them counts. */
  cutOf(user: string, key: string): Cut {
    const { desk } = this;
    const own = [...this.lanes.keys()].filter((device) => desk.chain.roster.owns(user, key, device));
    return own.flatMap((device) => this.lastThatCounts(device) ?? []).slice(0, LIMITS.groupDevicesPerUser);
  }

  private lastThatCounts(device: string): Cut[number] | null {
    const { desk } = this;
    for (let seq = this.seqOf(device); seq > 0; seq -= 1) {
      const kept = desk.shelf.messageAt(device, seq);
      const message = kept && kept.sight !== 'hidden' ? peekMessage(kept.signed) : null;
      if (message) return { device, seq, epoch: desk.spans.epochIndex(message.epoch) ?? 0 };
    }
    return null;
  }

  /** How far I have come with each device. */
  have(): { device: string; seq: number }[] {
    return [...this.lanes].map(([device, { seq }]) => ({ device, seq })).slice(0, LIMITS.groupDevicesMax);
  }

  seqOf(device: string): number {
    return this.lanes.get(device)?.seq ?? 0;
  }

  say(text: string): KeptMessage | Refusal {
    const { desk } = this;
    const refusal = desk.me === null ? new Refusal('NOT_MEMBER', desk.name) : fitsText(text);
    if (refusal !== null) return refusal;
    const message = this.compose(text);
    const signed = signObject('group_message', message, desk.self.device, desk.tools.primitives);
    const kept = this.keep(message, signed, 'shown', 'queued');
    desk.spread({ says: 'messages', messages: [signed], more: false });
    return kept;
  }

  /** A message that somebody passed on. */
  take(signed: Signed): Receipt {
    const { desk } = this;
    const message = peekMessage(signed);
    if (message === null || message.group !== desk.group) return 'no';
    if (desk.me === null) return 'later';
    const seq = this.seqOf(message.device);
    if (message.seq <= seq) return this.compare(message, signed);
    const verdict = this.verdict(message);
    if (verdict !== 'counts') return verdict === 'unknown' ? 'later' : 'no';
    if (message.seq > seq + 1 && !desk.spans.mayPassOver(message, seq, this.mySince())) return 'later';
    const known = this.lanes.get(message.device);
    const continues = message.seq > seq + 1 || !known || message.previous === known.id;
    if (!isSigned(message, signed, desk.tools.primitives) || fitsText(message.text) !== null) return 'no';
    if (!continues) return this.conflict(message);
    this.receive(message, signed);
    return 'new';
  }

  /** One of the last messages before my time: shown, and no part of any count (SPEC GROUP-33). */
  takePast(signed: Signed): boolean {
    const { desk } = this;
    const message = peekMessage(signed);
    const since = desk.me?.since ?? 0;
    if (message === null || message.group !== desk.group || this.verdict(message) !== 'counts') return false;
    const index = desk.spans.epochIndex(message.epoch);
    if (index === null || index >= since || desk.shelf.messageAt(message.device, message.seq)) return false;
    if (!isSigned(message, signed, desk.tools.primitives)) return false;
    const kept = this.kept(message, signed, 'shown');
    if (!desk.shelf.addMessage(kept)) return false;
    this.hearLamport(message.lamport);
    desk.do({ kind: 'show', message: kept });
    return true;
  }

  /** Shows what need wait no longer. */
  wake(): void {
    for (const [id, { message, until }] of this.inOrder()) {
      const isComplete = this.isComplete(message);
      if (isComplete || until <= this.desk.now) this.show(id, message, isComplete ? 'shown' : 'marked');
    }
  }

  /** The row, or what is in force beside it, is another: what counts may be other messages (SPEC GROUP-23). */
  review(users: readonly string[]): void {
    const { desk } = this;
    for (const { device } of desk.shelf.laneEnds()) {
      if (!users.some((user) => desk.isDeviceOf(user, device))) continue;
      for (const kept of desk.shelf.lane(device, 0, LIMITS.groupUnsettledMax)) this.reviewOne(kept);
    }
  }

  private reviewOne(kept: KeptMessage): void {
    const message = peekMessage(kept.signed);
    if (message === null) return;
    const counts = this.verdict(message) === 'counts';
    if (!counts && kept.sight !== 'hidden') {
      this.held.delete(kept.id);
      this.desk.shelf.setSight(kept.id, 'hidden');
      // Of mine: I was removed before the others had it, and now nobody takes it any more.
      if (kept.mine && kept.state !== 'delivered') this.desk.shelf.setState(kept.id, 'cancelled');
    } else if (counts && kept.sight === 'hidden') {
      this.desk.shelf.setSight(kept.id, 'shown');
    }
  }

  /** Whoever claims to be at the end of time does not take the others along. */
  private hearLamport(lamport: number): void {
    this.lamport = Math.max(this.lamport, Math.min(lamport, this.lamport + LIMITS.groupLamportJump));
  }

  private compose(text: string): GroupMessage {
    const { desk } = this;
    const device = desk.self.device.publicKey;
    const last = this.lanes.get(device);
    this.lamport = Math.min(this.lamport + 1, Number.MAX_SAFE_INTEGER);
    return {
      group: desk.group,
      epoch: desk.chain.place,
      by: desk.self.user,
      device,
      seq: (last?.seq ?? 0) + 1,
      previous: last?.id ?? null,
      before: last ? (desk.spans.epochIndex(last.epoch) ?? 0) : 0,
      after: this.after(),
      lamport: this.lamport,
      at: desk.now,
      text,
    };
  }

  private after(): GroupMessage['after'] {
    const others = [...this.heads].filter(([device]) => device !== this.desk.self.device.publicKey);
    const newest = others.slice(-LIMITS.groupHeadsMax);
    return newest.map(([device, { seq, epoch }]) => ({ device, seq, epoch }));
  }

  private receive(message: GroupMessage, signed: Signed): void {
    const { desk } = this;
    const isComplete = this.isComplete(message);
    const kept = this.keep(message, signed, isComplete ? 'shown' : 'held');
    if (isComplete) desk.do({ kind: 'show', message: kept });
    else this.held.set(kept.id, { message, until: desk.now + LIMITS.groupHeldBackMs });
  }

  private keep(
    message: GroupMessage,
    signed: Signed,
    sight: Sight,
    state: KeptMessage['state'] = 'delivered',
  ): KeptMessage {
    const { desk } = this;
    const kept = { ...this.kept(message, signed, sight), state };
    desk.shelf.addMessage(kept);
    const epoch = desk.spans.epochIndex(message.epoch) ?? 0;
    this.lanes.set(message.device, { seq: message.seq, id: kept.id, epoch: message.epoch });
    this.hearLamport(message.lamport);
    for (const { device, seq } of message.after)
      if ((this.heads.get(device)?.seq ?? 0) <= seq) this.heads.delete(device);
    this.heads.delete(message.device);
    this.heads.set(message.device, { seq: message.seq, epoch });
    return kept;
  }

  private kept(message: GroupMessage, signed: Signed, sight: Sight): KeptMessage {
    const { by, device, seq, lamport, at, text } = message;
    const id = objectId('group_message', signed.payload, this.desk.tools.primitives);
    const mine = by === this.desk.self.user;
    return { id, by, device, seq, lamport, at, text, mine, sight, state: 'delivered', signed };
  }

  private show(id: string, message: GroupMessage, sight: 'shown' | 'marked'): void {
    this.held.delete(id);
    this.desk.shelf.setSight(id, sight);
    const kept = this.desk.shelf.messageAt(message.device, message.seq);
    if (kept !== null) this.desk.do({ kind: 'show', message: kept });
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
    return [...this.held.values()].some(({ message }) => message.device === device && message.seq <= seq);
  }

  private inOrder(): [string, { message: GroupMessage; until: Instant }][] {
    return [...this.held].sort(
      ([, a], [, b]) => a.message.lamport - b.message.lamport || a.message.seq - b.message.seq,
    );
  }

  private verdict(message: GroupMessage): 'counts' | 'unknown' | 'no' {
    const { desk } = this;
    const verdict = desk.spans.verdict(message);
    if (verdict !== 'counts') return verdict;
    const member = desk.chain.members.get(message.by);
    const cut = member && desk.orphanedRemoval(member);
    return cut && message.seq > (cut.get(message.device) ?? 0) ? 'no' : 'counts';
  }

  /** From which epoch on messages are for me. */
  mySince(): number {
    return sinceOf(this.desk, this.desk.self.user);
  }

  private compare(message: GroupMessage, signed: Signed): Receipt {
    const kept = this.desk.shelf.messageAt(message.device, message.seq);
    if (kept === null || kept.signed.payload === signed.payload) return 'known';
    return isSigned(message, signed, this.desk.tools.primitives) ? this.conflict(message) : 'no';
  }

  /** SPEC GROUP-30. */
  private conflict({ by, seq }: GroupMessage): Receipt {
    this.desk.do({ kind: 'warn', code: 'GROUP_CONFLICT', text: `${by} ${seq}` });
    return 'no';
  }

  private recall(device: string, seq: number): void {
    const kept = this.desk.shelf.messageAt(device, seq);
    const message = kept && peekMessage(kept.signed);
    if (!kept || !message) return;
    this.lanes.set(device, { seq, id: kept.id, epoch: message.epoch });
    this.heads.set(device, { seq, epoch: this.desk.spans.epochIndex(message.epoch) ?? 0 });
  }
}

/** From which epoch on messages are for a member: all of them, or those since they came (SPEC GROUP-33). */
export function sinceOf(desk: Desk, user: string): number {
  const member = desk.chain.members.get(user);
  if (member === undefined) return Infinity;
  return desk.chain.at(member.since)?.policy.history === 'all' ? 0 : member.since;
}
