// One server's try to bring about the next view [VIEW-4 … 8]: promises, then snapshots, then one proposal.

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { countBits, hasBit } from '../link/neighbours.js';
import type { Position } from '../order/ledger.js';
import { alreadyAccepted, buildDecision, isAllLost, reportersOf, type Promised } from './builder.js';
import { majorityOf, type Ballot, type Decision } from './decision.js';

export interface CandidacyOptions {
  readonly self: number;
  readonly ballot: Ballot;
  /** The view that is to be replaced. */
  readonly closing: Decision;
  readonly startedAt: Instant;
}

/** What the candidate wants done now. */
export type Step =
  | { readonly kind: 'snapshot'; readonly to: number; readonly position: Position }
  | { readonly kind: 'propose'; readonly decision: Decision }
  | { readonly kind: 'install'; readonly decision: Decision };

export class Candidacy {
  readonly promises = new Map<number, Promised>();
  private readonly snapshotsTo = new Set<number>();
  private readonly snapshotted = new Set<number>();
  private readonly accepted = new Set<number>();
  private proposal: Decision | null = null;
  /** Larger snapshots take longer. */
  private patienceMs = 0;

  constructor(readonly options: CandidacyOptions) {}

  get instance(): number {
    return this.options.closing.view + 1;
  }

  isOver(now: Instant): boolean {
    return now - this.options.startedAt > LIMITS.roomCandidateMs + this.patienceMs;
  }

  isOf(instance: number, ballot: Ballot): boolean {
    const mine = this.options.ballot;
    return instance === this.instance && ballot.round === mine.round && ballot.by === mine.by;
  }

  takePromise(from: number, promised: Promised): void {
    if (!this.proposal) this.promises.set(from, promised);
  }

  takeSnapshotted(from: number): void {
    this.snapshotted.add(from);
  }

  snapshotSent(bytes: number): void {
    this.patienceMs += bytes / LIMITS.roomSnapshotBytesPerMs;
  }

  takeAccepted(from: number): Step[] {
    this.accepted.add(from);
    if (!this.proposal || this.accepted.size < this.majority) return [];
    return [{ kind: 'install', decision: this.proposal }];
  }

  /** Goes on as far as answers and time allow. */
  advance(now: Instant, aliveBits: number): Step[] {
    if (this.proposal || this.promises.size < this.majority) return [];
    const waitedMs = now - this.options.startedAt;
    const isSomeoneMissing = countBits(aliveBits) > this.countAnswered(aliveBits);
    if (isSomeoneMissing && waitedMs < LIMITS.roomGraceMs) return [];
    const before = alreadyAccepted(this.promises);
    return before ? this.propose(before) : this.build(waitedMs);
  }

  private get majority(): number {
    return majorityOf(this.options.closing.boots.length);
  }

  private countAnswered(bits: number): number {
    return [...this.promises.keys()].filter((index) => hasBit(bits, index)).length;
  }

  private build(waitedMs: number): Step[] {
    const { closing, self, ballot } = this.options;
    const { promises } = this;
    const isFresh = isAllLost(closing, promises);
    const reporters = reportersOf(closing, promises);
    if (!isFresh && !reporters.includes(self)) return []; // [VIEW-5]
    const isReady = (index: number) => isFresh || reporters.includes(index) || this.snapshotted.has(index);
    const unready = [...promises.keys()].filter((index) => !isReady(index));
    const unsent = unready.filter((index) => !this.snapshotsTo.has(index));
    if (unsent.length > 0) return unsent.flatMap((index) => this.snapshotFor(index));
    if (unready.length > 0 && waitedMs < LIMITS.roomSnapshotMs + this.patienceMs) return [];
    const eligible = [...promises.keys()].filter(isReady);
    const decision = buildDecision({ self, ballot, closing, promises, eligible, isFresh });
    return decision ? this.propose(decision) : [];
  }

  private snapshotFor(to: number): Step[] {
    this.snapshotsTo.add(to);
    const position = this.promises.get(to)?.position;
    return position ? [{ kind: 'snapshot', to, position }] : [];
  }

  private propose(decision: Decision): Step[] {
    this.proposal = decision;
    return [{ kind: 'propose', decision }];
  }
}
