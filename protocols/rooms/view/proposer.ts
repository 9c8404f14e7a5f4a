// The Paxos proposer of one ballot [VIEW-4 … 8]: collects promises, transfers snapshots, then makes one proposal.

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { countBits, hasBit } from '../link/server-links.js';
import type { LogPosition } from '../order/delivery-log.js';
import { highestAccepted, buildDecision, isAllLost, reportersOf, type PromiseReply } from './view-builder.js';
import { majorityOf, type Ballot, type ViewDecision } from './view-decision.js';

export interface ProposerOptions {
  readonly self: number;
  readonly ballot: Ballot;
  /** The view to be replaced. */
  readonly closing: ViewDecision;
  readonly startedAt: Instant;
}

/** What the proposer asks its server to do. */
export type ProposerAction =
  | { readonly type: 'snapshot'; readonly to: number; readonly position: LogPosition }
  | { readonly type: 'propose'; readonly decision: ViewDecision }
  | { readonly type: 'install'; readonly decision: ViewDecision };

export class Proposer {
  readonly promises = new Map<number, PromiseReply>();
  private readonly snapshotsTo = new Set<number>();
  private readonly snapshotConfirmed = new Set<number>();
  private readonly accepted = new Set<number>();
  private proposal: ViewDecision | null = null;
  /** Extra time for the transfer of snapshots, by their size. */
  private transferMs = 0;

  constructor(readonly options: ProposerOptions) {}

  get instance(): number {
    return this.options.closing.view + 1;
  }

  isOver(now: Instant): boolean {
    return now - this.options.startedAt > LIMITS.roomElectionMs + this.transferMs;
  }

  isOf(instance: number, ballot: Ballot): boolean {
    const mine = this.options.ballot;
    return instance === this.instance && ballot.round === mine.round && ballot.by === mine.by;
  }

  addPromise(from: number, promised: PromiseReply): void {
    if (!this.proposal) this.promises.set(from, promised);
  }

  confirmSnapshot(from: number): void {
    this.snapshotConfirmed.add(from);
  }

  extendTimeout(bytes: number): void {
    this.transferMs += bytes / LIMITS.roomSnapshotBytesPerMs;
  }

  addAccepted(from: number): ProposerAction[] {
    this.accepted.add(from);
    if (!this.proposal || this.accepted.size < this.majority) return [];
    return [{ type: 'install', decision: this.proposal }];
  }

  /** Takes the next steps that the answers so far and the time allow. */
  advance(now: Instant, aliveBits: number): ProposerAction[] {
    if (this.proposal || this.promises.size < this.majority) return [];
    const waitedMs = now - this.options.startedAt;
    const areAnswersMissing = countBits(aliveBits) > this.countAnswered(aliveBits);
    if (areAnswersMissing && waitedMs < LIMITS.roomPromiseWaitMs) return [];
    const before = highestAccepted(this.promises);
    return before ? this.propose(before) : this.build(waitedMs);
  }

  private get majority(): number {
    return majorityOf(this.options.closing.boots.length);
  }

  private countAnswered(bits: number): number {
    return [...this.promises.keys()].filter((index) => hasBit(bits, index)).length;
  }

  private build(waitedMs: number): ProposerAction[] {
    const { closing, self, ballot } = this.options;
    const { promises } = this;
    const isFresh = isAllLost(closing, promises);
    const reporters = reportersOf(closing, promises);
    if (!isFresh && !reporters.includes(self)) return []; // [VIEW-5]
    const isReady = (index: number) => isFresh || reporters.includes(index) || this.snapshotConfirmed.has(index);
    const unready = [...promises.keys()].filter((index) => !isReady(index));
    const unsent = unready.filter((index) => !this.snapshotsTo.has(index));
    if (unsent.length > 0) return unsent.flatMap((index) => this.snapshotFor(index));
    if (unready.length > 0 && waitedMs < LIMITS.roomSnapshotWaitMs + this.transferMs) return [];
    const eligible = [...promises.keys()].filter(isReady);
    const decision = buildDecision({ self, ballot, closing, promises, eligible, isFresh });
    return decision ? this.propose(decision) : [];
  }

  private snapshotFor(to: number): ProposerAction[] {
    this.snapshotsTo.add(to);
    const position = this.promises.get(to)?.position;
    return position ? [{ type: 'snapshot', to, position }] : [];
  }

  private propose(decision: ViewDecision): ProposerAction[] {
    this.proposal = decision;
    return [{ type: 'propose', decision }];
  }
}
