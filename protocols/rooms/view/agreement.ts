// Agreement on views by Paxos [VIEW-1 … 12]: answers proposers, proposes when a change is needed, spreads decisions.

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import type { RandomSource } from '../../kit/primitives.js';
import { hasBit, type ServerLinks } from '../link/server-links.js';
import { decodeMessages, encodeMessages } from '../order/message.js';
import type { Replica } from '../replica.js';
import { Acceptor } from './acceptor.js';
import type { PromiseReply } from './view-builder.js';
import { Proposer, type ProposerAction } from './proposer.js';
import {
  decodeDecision,
  encodeDecision,
  encodeControl,
  type ControlMessage,
  type ControlOf,
} from './control-message.js';
import type { Ballot, ViewDecision } from './view-decision.js';
import { ViewChangeDetector } from './view-change-detector.js';

export interface AgreementListener {
  /** The acceptor or the view changed: the state must be on disk before any effect of this step. */
  stateChanged(): void;
  traced(text: string): void;
}

export interface AgreementOptions {
  readonly self: number;
  readonly acceptor: Acceptor;
  readonly random: RandomSource;
  readonly listener: AgreementListener;
}

export class Agreement {
  acceptor: Acceptor;
  private readonly changeDetector: ViewChangeDetector;
  private proposer: Proposer | null = null;
  private neededAt: Instant | null = null;
  private highestRound = 0;
  /** Messages to this server itself, handled like those of others. */
  private readonly toSelf: ControlMessage[] = [];

  constructor(
    private readonly options: AgreementOptions,
    private readonly peers: ServerLinks,
    private readonly replica: Replica,
  ) {
    this.acceptor = options.acceptor;
    this.changeDetector = new ViewChangeDetector(peers, replica);
  }

  get isBusy(): boolean {
    return this.proposer !== null || this.neededAt !== null;
  }

  hasQuorum(now: Instant): boolean {
    return this.changeDetector.hasQuorum(now);
  }

  aliveBits(now: Instant): number {
    return this.changeDetector.aliveBits(now);
  }

  /** Called regularly: starts, continues or abandons a ballot. */
  tick(now: Instant): void {
    if (this.proposer?.isOver(now)) this.proposer = null;
    if (this.proposer) this.performAll(this.proposer.advance(now, this.aliveBits(now)), now);
    else this.maybePropose(now);
    this.handleOwn(now);
  }

  receive(from: number, boot: number, control: ControlMessage, now: Instant): void {
    this.dispatch(from, boot, control, now);
    this.handleOwn(now);
  }

  /** Sends our decision to a server in an earlier view, at most once per interval [VIEW-12]. */
  sendDecisionIfBehind(index: number, now: Instant): void {
    const link = this.peers.link(index);
    const { decision } = this.replica;
    if (!link?.heartbeat || link.heartbeat.view >= decision.view) return;
    if (now - link.decisionSentAt < LIMITS.roomDecisionResendMs) return;
    link.decisionSentAt = now;
    this.send(index, { type: 'decided', decision: encodeDecision(decision) });
  }

  private handleOwn(now: Instant): void {
    const { self } = this.options;
    for (let next = this.toSelf.shift(); next; next = this.toSelf.shift()) this.dispatch(self, 0, next, now);
  }

  private dispatch(from: number, boot: number, control: ControlMessage, now: Instant): void {
    switch (control.type) {
      case 'prepare':
        return this.onPrepare(from, control, now);
      case 'promise':
        return this.onPromise(from, boot, control, now);
      case 'rejected':
        this.highestRound = Math.max(this.highestRound, control.ballot.round);
        return;
      case 'propose':
        return this.onPropose(from, control, now);
      case 'accepted':
        if (this.proposer?.isOf(control.instance, control.ballot))
          this.performAll(this.proposer.addAccepted(from), now);
        return;
      case 'decided':
        return this.onDecided(control, now);
      case 'snapshot':
        return this.onSnapshot(from, control);
      case 'snapshotted':
        return this.onSnapshotted(from, control, now);
    }
  }

  /** Each alive server with a lower index gets 150 ms to propose first [VIEW-11]. */
  private maybePropose(now: Instant): void {
    if (!this.changeDetector.isNeeded(now)) {
      this.neededAt = null;
      return;
    }
    const { self, random } = this.options;
    this.neededAt ??= now + Math.floor((random.fraction() * LIMITS.roomElectionStaggerMs) / 3);
    const bits = this.aliveBits(now);
    const { members } = this.replica;
    const before = members.length === 0 ? range(self) : members.filter((member) => member < self);
    const rank = before.filter((index) => hasBit(bits, index)).length;
    if (now - this.neededAt >= rank * LIMITS.roomElectionStaggerMs) this.startBallot(now);
  }

  private startBallot(now: Instant): void {
    const { self, random, listener } = this.options;
    const closing = this.replica.decision;
    this.highestRound = Math.max(this.highestRound, this.acceptor.promised.round) + 1;
    const ballot: Ballot = { round: this.highestRound, by: self };
    this.proposer = new Proposer({ self, ballot, closing, startedAt: now });
    this.neededAt = now + Math.floor(random.fraction() * LIMITS.roomElectionMs * 2);
    listener.traced(`starts ballot ${ballot.round}.${self + 1} for view ${closing.view + 1}`);
    for (let index = 0; index < this.peers.size; index += 1) {
      this.sendDecisionIfBehind(index, now);
      this.send(index, { type: 'prepare', instance: closing.view + 1, ballot });
    }
  }

  private onPrepare(from: number, { instance, ballot }: ControlOf<'prepare'>, now: Instant): void {
    const { replica, acceptor } = this;
    if (instance <= replica.decision.view) return this.sendDecisionIfBehind(from, now);
    if (instance > replica.decision.view + 1) return; // this server is behind; a peer will send the decision
    this.highestRound = Math.max(this.highestRound, ballot.round);
    if (!acceptor.promise(ballot)) {
      this.send(from, { type: 'rejected', instance, ballot: acceptor.promised });
      return;
    }
    this.options.listener.stateChanged();
    this.send(from, this.promiseFor(instance, ballot, now));
  }

  private promiseFor(instance: number, ballot: Ballot, now: Instant): ControlMessage {
    const { replica, acceptor } = this;
    const { accepted } = acceptor;
    if (replica.isMember) replica.wedge(now); // [VIEW-3]
    const report = replica.isMember ? replica.report() : null;
    this.options.listener.traced(`promises ballot ${ballot.round}.${ballot.by + 1} for view ${instance}`);
    return {
      type: 'promise',
      instance,
      ballot,
      accepted: accepted && { ballot: accepted.ballot, decision: encodeDecision(accepted.decision) },
      report: report && { received: [...report.received], messages: encodeMessages(report.messages) },
      hasLost: replica.hasLost,
      position: replica.log.position,
      alive: this.aliveBits(now),
    };
  }

  private onPromise(from: number, boot: number, control: ControlOf<'promise'>, now: Instant): void {
    const { proposer } = this;
    if (!proposer?.isOf(control.instance, control.ballot)) return;
    const promised = this.decodePromise(control, from === this.options.self ? this.replica.boot : boot);
    if (!promised) return;
    proposer.addPromise(from, promised);
    this.performAll(proposer.advance(now, this.aliveBits(now)), now);
  }

  private decodePromise(control: ControlOf<'promise'>, boot: number): PromiseReply | null {
    const { size } = this.peers;
    const { report, accepted, hasLost, position, alive } = control;
    const messages = report ? decodeMessages(report.messages) : [];
    const decision = accepted ? decodeDecision(accepted.decision, size) : null;
    const isSound = messages?.every(({ from }) => from < size) && (!report || report.received.length === size);
    if (!messages || !isSound || (accepted && !decision)) return null;
    return {
      boot,
      accepted: accepted && decision && { ballot: accepted.ballot, decision },
      report: report && { received: report.received, messages },
      ...{ hasLost, position, alive },
    };
  }

  private onPropose(from: number, control: ControlOf<'propose'>, now: Instant): void {
    const { instance, ballot } = control;
    const { replica, acceptor } = this;
    if (instance <= replica.decision.view) return this.sendDecisionIfBehind(from, now);
    const decision = decodeDecision(control.decision, this.peers.size);
    if (instance > replica.decision.view + 1 || decision?.view !== instance) return;
    if (!acceptor.accept(ballot, decision)) {
      this.send(from, { type: 'rejected', instance, ballot: acceptor.promised });
      return;
    }
    this.options.listener.stateChanged();
    this.send(from, { type: 'accepted', instance, ballot });
  }

  private onDecided(control: ControlOf<'decided'>, now: Instant): void {
    const decision = decodeDecision(control.decision, this.peers.size);
    if (decision && decision.view > this.replica.decision.view) this.install(decision, now);
  }

  private onSnapshot(from: number, control: ControlOf<'snapshot'>): void {
    const { instance, ballot, last, position, origins, guests } = control;
    const missed = decodeMessages(control.missed);
    const isStale = instance <= this.replica.decision.view;
    if (!missed || isStale || missed.length > position.count) return;
    const state = { position, senders: origins, occupants: guests };
    this.replica.keepSnapshot(instance, { builtBy: ballot, last, state, missed });
    this.send(from, { type: 'snapshotted', instance, ballot });
  }

  private onSnapshotted(from: number, { instance, ballot }: ControlOf<'snapshotted'>, now: Instant): void {
    const { proposer } = this;
    if (!proposer?.isOf(instance, ballot)) return;
    proposer.confirmSnapshot(from);
    this.performAll(proposer.advance(now, this.aliveBits(now)), now);
  }

  private performAll(actions: readonly ProposerAction[], now: Instant): void {
    for (const action of actions) this.perform(action, now);
  }

  private perform(action: ProposerAction, now: Instant): void {
    const { proposer } = this;
    if (!proposer) return;
    const { instance } = proposer;
    const { ballot } = proposer.options;
    switch (action.type) {
      case 'snapshot':
        return proposer.extendTimeout(this.sendSnapshot(action, instance, ballot));
      case 'propose':
        return this.toAll({ type: 'propose', instance, ballot, decision: encodeDecision(action.decision) });
      case 'install':
        this.proposer = null;
        this.install(action.decision, now);
        return this.toAll({ type: 'decided', decision: encodeDecision(action.decision) });
    }
  }

  /** Gives the size of the snapshot in bytes. */
  private sendSnapshot(
    { to, position }: ProposerAction & { type: 'snapshot' },
    instance: number,
    ballot: Ballot,
  ): number {
    const { log, viewOrder } = this.replica;
    const { position: ours, senders: origins, occupants: guests } = log.state();
    const missed = encodeMessages(log.since(position));
    const { lastDelivered: last } = viewOrder;
    return this.send(to, {
      ...{ type: 'snapshot' as const, instance, ballot, last, position: ours },
      ...{ origins: [...origins], guests: [...guests], missed },
    });
  }

  private install(decision: ViewDecision, now: Instant): void {
    this.proposer = null;
    this.neededAt = null;
    this.acceptor = new Acceptor();
    this.replica.install(decision, now);
    this.options.listener.stateChanged();
  }

  private toAll(control: ControlMessage): void {
    for (let index = 0; index < this.peers.size; index += 1) this.send(index, control);
  }

  private send(to: number, control: ControlMessage): number {
    const link = this.peers.link(to);
    if (!link) this.toSelf.push(control);
    if (!link || link.boot === 0) return 0;
    const bytes = encodeControl(control);
    link.control.bindTo(link.boot);
    link.control.push(bytes);
    return bytes.length;
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
