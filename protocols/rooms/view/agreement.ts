// How the servers agree on views [VIEW-1 … 12]: answers candidates, becomes one where that is needed, tells decisions.

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import type { Dice } from '../../kit/primitives.js';
import { hasBit, type Neighbours } from '../link/neighbours.js';
import { messagesOf, messageTexts } from '../order/message.js';
import type { Replica } from '../replica.js';
import { Acceptor } from './acceptor.js';
import type { Promised } from './builder.js';
import { Candidacy, type Step } from './candidacy.js';
import { decisionOf, decisionText, encodeControl, type Control, type ControlOf } from './control.js';
import type { Ballot, Decision } from './decision.js';
import { Need } from './need.js';

export interface AgreementListener {
  /** What the acceptor holds, or the view, has changed: to the disk before anything leaves. */
  changed(): void;
  noted(what: string): void;
}

export interface AgreementOptions {
  readonly self: number;
  readonly acceptor: Acceptor;
  readonly dice: Dice;
  readonly listener: AgreementListener;
}

export class Agreement {
  acceptor: Acceptor;
  private readonly need: Need;
  private candidacy: Candidacy | null = null;
  private neededAt: Instant | null = null;
  private highestRound = 0;
  /** What we tell ourselves: handled like what others tell. */
  private readonly toSelf: Control[] = [];

  constructor(
    private readonly options: AgreementOptions,
    private readonly neighbours: Neighbours,
    private readonly replica: Replica,
  ) {
    this.acceptor = options.acceptor;
    this.need = new Need(neighbours, replica);
  }

  get isBusy(): boolean {
    return this.candidacy !== null || this.neededAt !== null;
  }

  hasQuorum(now: Instant): boolean {
    return this.need.hasQuorum(now);
  }

  aliveBits(now: Instant): number {
    return this.need.aliveBits(now);
  }

  /** Time has passed, or somebody was heard. */
  tick(now: Instant): void {
    if (this.candidacy?.isOver(now)) this.candidacy = null;
    if (this.candidacy) this.go(this.candidacy.advance(now, this.aliveBits(now)), now);
    else this.perhapsStand(now);
    this.settle(now);
  }

  take(from: number, boot: number, control: Control, now: Instant): void {
    this.judge(from, boot, control, now);
    this.settle(now);
  }

  /** Tells a server that is behind the decision of our view, now and then [VIEW-12]. */
  tellIfBehind(index: number, now: Instant): void {
    const link = this.neighbours.link(index);
    const { decision } = this.replica;
    if (!link?.heartbeat || link.heartbeat.view >= decision.view || now - link.toldAt < LIMITS.roomDecisionMs) return;
    link.toldAt = now;
    this.send(index, { type: 'decided', decision: decisionText(decision) });
  }

  private settle(now: Instant): void {
    const { self } = this.options;
    for (let next = this.toSelf.shift(); next; next = this.toSelf.shift()) this.judge(self, 0, next, now);
  }

  private judge(from: number, boot: number, control: Control, now: Instant): void {
    switch (control.type) {
      case 'prepare':
        return this.prepared(from, control, now);
      case 'promise':
        return this.promised(from, boot, control, now);
      case 'rejected':
        this.highestRound = Math.max(this.highestRound, control.ballot.round);
        return;
      case 'propose':
        return this.proposed(from, control, now);
      case 'accepted':
        if (this.candidacy?.isOf(control.instance, control.ballot)) this.go(this.candidacy.takeAccepted(from), now);
        return;
      case 'decided':
        return this.decided(control, now);
      case 'snapshot':
        return this.snapshotCame(from, control);
      case 'snapshotted':
        return this.snapshotted(from, control, now);
    }
  }

  /** Those before us get 150 ms each to begin [VIEW-11]. */
  private perhapsStand(now: Instant): void {
    if (!this.need.isThere(now)) {
      this.neededAt = null;
      return;
    }
    const { self, dice } = this.options;
    this.neededAt ??= now + Math.floor((dice.fraction() * LIMITS.roomRankMs) / 3);
    const bits = this.aliveBits(now);
    const { members } = this.replica;
    const before = members.length === 0 ? range(self) : members.filter((member) => member < self);
    const rank = before.filter((index) => hasBit(bits, index)).length;
    if (now - this.neededAt >= rank * LIMITS.roomRankMs) this.stand(now);
  }

  private stand(now: Instant): void {
    const { self, dice, listener } = this.options;
    const closing = this.replica.decision;
    this.highestRound = Math.max(this.highestRound, this.acceptor.promised.round) + 1;
    const ballot: Ballot = { round: this.highestRound, by: self };
    this.candidacy = new Candidacy({ self, ballot, closing, startedAt: now });
    this.neededAt = now + Math.floor(dice.fraction() * LIMITS.roomCandidateMs * 2);
    listener.noted(`stands for view ${closing.view + 1}, ballot ${ballot.round}.${self + 1}`);
    for (let index = 0; index < this.neighbours.size; index += 1) {
      this.tellIfBehind(index, now);
      this.send(index, { type: 'prepare', instance: closing.view + 1, ballot });
    }
  }

  private prepared(from: number, { instance, ballot }: ControlOf<'prepare'>, now: Instant): void {
    const { replica, acceptor } = this;
    if (instance <= replica.decision.view) return this.tellIfBehind(from, now);
    if (instance > replica.decision.view + 1) return; // we are behind, and will be told
    this.highestRound = Math.max(this.highestRound, ballot.round);
    if (!acceptor.promise(ballot)) {
      this.send(from, { type: 'rejected', instance, ballot: acceptor.promised });
      return;
    }
    this.options.listener.changed();
    this.send(from, this.promiseFor(instance, ballot, now));
  }

  private promiseFor(instance: number, ballot: Ballot, now: Instant): Control {
    const { replica, acceptor } = this;
    const { accepted } = acceptor;
    if (replica.isMember) replica.wedge(now); // [VIEW-3]
    const report = replica.isMember ? replica.report() : null;
    this.options.listener.noted(`promises ballot ${ballot.round}.${ballot.by + 1} for view ${instance}`);
    return {
      type: 'promise',
      instance,
      ballot,
      accepted: accepted && { ballot: accepted.ballot, decision: decisionText(accepted.decision) },
      report: report && { received: [...report.received], messages: messageTexts(report.messages) },
      hasLost: replica.hasLost,
      position: replica.ledger.position,
      alive: this.aliveBits(now),
    };
  }

  private promised(from: number, boot: number, control: ControlOf<'promise'>, now: Instant): void {
    const { candidacy } = this;
    if (!candidacy?.isOf(control.instance, control.ballot)) return;
    const promised = this.promisedOf(control, from === this.options.self ? this.replica.boot : boot);
    if (!promised) return;
    candidacy.takePromise(from, promised);
    this.go(candidacy.advance(now, this.aliveBits(now)), now);
  }

  private promisedOf(control: ControlOf<'promise'>, boot: number): Promised | null {
    const { size } = this.neighbours;
    const { report, accepted, hasLost, position, alive } = control;
    const messages = report ? messagesOf(report.messages) : [];
    const decision = accepted ? decisionOf(accepted.decision, size) : null;
    const isSound = messages?.every(({ from }) => from < size) && (!report || report.received.length === size);
    if (!messages || !isSound || (accepted && !decision)) return null;
    return {
      boot,
      accepted: accepted && decision && { ballot: accepted.ballot, decision },
      report: report && { received: report.received, messages },
      ...{ hasLost, position, alive },
    };
  }

  private proposed(from: number, control: ControlOf<'propose'>, now: Instant): void {
    const { instance, ballot } = control;
    const { replica, acceptor } = this;
    if (instance <= replica.decision.view) return this.tellIfBehind(from, now);
    const decision = decisionOf(control.decision, this.neighbours.size);
    if (instance > replica.decision.view + 1 || decision?.view !== instance) return;
    if (!acceptor.accept(ballot, decision)) {
      this.send(from, { type: 'rejected', instance, ballot: acceptor.promised });
      return;
    }
    this.options.listener.changed();
    this.send(from, { type: 'accepted', instance, ballot });
  }

  private decided(control: ControlOf<'decided'>, now: Instant): void {
    const decision = decisionOf(control.decision, this.neighbours.size);
    if (decision && decision.view > this.replica.decision.view) this.install(decision, now);
  }

  private snapshotCame(from: number, control: ControlOf<'snapshot'>): void {
    const { instance, ballot, last, position, origins, guests } = control;
    const missed = messagesOf(control.missed);
    const isStale = instance <= this.replica.decision.view;
    if (!missed || isStale || missed.length > position.count) return;
    const state = { position, origins, guests };
    this.replica.keepSnapshot(instance, { builtBy: ballot, last, state, missed });
    this.send(from, { type: 'snapshotted', instance, ballot });
  }

  private snapshotted(from: number, { instance, ballot }: ControlOf<'snapshotted'>, now: Instant): void {
    const { candidacy } = this;
    if (!candidacy?.isOf(instance, ballot)) return;
    candidacy.takeSnapshotted(from);
    this.go(candidacy.advance(now, this.aliveBits(now)), now);
  }

  private go(steps: readonly Step[], now: Instant): void {
    for (const step of steps) this.carryOut(step, now);
  }

  private carryOut(step: Step, now: Instant): void {
    const { candidacy } = this;
    if (!candidacy) return;
    const { instance } = candidacy;
    const { ballot } = candidacy.options;
    switch (step.kind) {
      case 'snapshot':
        return candidacy.snapshotSent(this.sendSnapshot(step, instance, ballot));
      case 'propose':
        return this.toAll({ type: 'propose', instance, ballot, decision: decisionText(step.decision) });
      case 'install':
        this.candidacy = null;
        this.install(step.decision, now);
        return this.toAll({ type: 'decided', decision: decisionText(step.decision) });
    }
  }

  /** How many bytes it takes. */
  private sendSnapshot({ to, position }: Step & { kind: 'snapshot' }, instance: number, ballot: Ballot): number {
    const { ledger, ordering } = this.replica;
    const { position: ours, origins, guests } = ledger.state();
    const missed = messageTexts(ledger.since(position));
    const { lastDelivered: last } = ordering;
    return this.send(to, {
      ...{ type: 'snapshot' as const, instance, ballot, last, position: ours },
      ...{ origins: [...origins], guests: [...guests], missed },
    });
  }

  private install(decision: Decision, now: Instant): void {
    this.candidacy = null;
    this.neededAt = null;
    this.acceptor = new Acceptor();
    this.replica.install(decision, now);
    this.options.listener.changed();
  }

  private toAll(control: Control): void {
    for (let index = 0; index < this.neighbours.size; index += 1) this.send(index, control);
  }

  private send(to: number, control: Control): number {
    const link = this.neighbours.link(to);
    if (!link) this.toSelf.push(control);
    if (!link || link.boot === 0) return 0;
    const bytes = encodeControl(control);
    link.control.aim(link.boot);
    link.control.push(bytes);
    return bytes.length;
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
