// Following the row (SPEC GROUP-6 to GROUP-13): what others show is judged, the better row is taken, what is on disk is
// signed, and what contradicts is kept as evidence.

import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition } from '../entry.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import {
  equivocationBetween,
  provenEquivocation,
  readForkCandidate,
  relationOf,
  type ForkCandidate,
} from '../log/fork-candidate.js';
import { positionOf, peekEntry, type AppliedEntry } from '../log/applied-entry.js';
import type { MemberContext } from './member-io.js';

type EntriesBody = Extract<GroupFrameBody, { type: 'entries' }>;

export class LogReplication {
  /** The head that I signed last. */
  private signedHead: string | null = null;
  adopted: Signed | null = null;

  constructor(private readonly context: MemberContext) {}

  /** Somebody shows entries. True iff they taught something. */
  receiveEntries(word: EntriesBody): boolean {
    this.learnRecords(word.records);
    const { context: desk } = this;
    const rival = readForkCandidate(desk.log, desk.ratification, word);
    const isNew = rival !== null && this.judgeCandidate(rival);
    return this.applyProofs(word.proofs) || isNew;
  }

  /** Puts an entry of my own on top. */
  append(signed: Signed): string | null {
    const { context: desk } = this;
    const fault = desk.log.append(signed);
    if (fault === null) desk.store.putEntry(desk.log.head.entry.index, signed);
    return fault;
  }

  /** Somebody says what they have on disk. */
  receiveAdoption(signed: Signed): void {
    if (this.context.ratification.record(this.context.log, signed)) this.ratify();
  }

  /** Takes what ratified entries elsewhere. True iff that ratified something here. */
  applyProofs(proofs: readonly RatificationProof[]): boolean {
    const { context: desk } = this;
    let isNews = false;
    for (const proof of proofs) isNews = desk.ratification.applyProof(desk.log, proof) || isNews;
    if (isNews) this.ratificationAdvanced();
    return isNews;
  }

  /** Two entries that may prove a lie. True iff they do, and that is news. */
  receiveEquivocation(entries: readonly [Signed, Signed]): boolean {
    const lie = provenEquivocation(this.context.log, entries);
    if (lie === null || this.context.memory.lies.includes(lie.term)) return false;
    this.keepEvidence(entries);
    this.context.memory.lies.push(lie.term);
    this.context.emit({ type: 'warn', code: 'GROUP_LIAR', text: lie.by });
    return true;
  }

  /** Signs for the row on disk, where that may be done (SPEC GROUP-7). */
  sign(): void {
    const { context: desk } = this;
    const { log: chain, memory } = desk;
    memory.promised = Math.max(memory.promised, chain.term);
    if (!desk.isVoter() || desk.isFrozen || desk.isBoundToLaterTerm || this.signedHead === chain.head.id) return;
    this.signedHead = chain.head.id;
    this.adopted = desk.sign('adopted', chain.position);
    this.receiveAdoption(this.adopted);
    const word: GroupFrameBody = { type: 'statement', statement: 'adopted', signed: this.adopted };
    // Who was removed has no link any more, and nothing that would say it again.
    if (!desk.isLeader) desk.send(chain.head.leader, word, desk.me === null);
  }

  learnRecords(records: readonly Signed[]): void {
    const { context: desk } = this;
    const { roster } = desk.log;
    for (const signed of records) {
      const papers = desk.dependencies.readRecord(signed);
      if (papers === null || roster.addsNothing(papers)) continue;
      if (!desk.intervals.of(papers.name).some(({ key }) => key === papers.key)) continue;
      roster.learn(signed);
      desk.store.putMemo(`record ${papers.name} ${papers.version}`, JSON.stringify(signed));
    }
  }

  private judgeCandidate(rival: ForkCandidate): boolean {
    const { log: chain } = this.context;
    const lie = equivocationBetween(chain, rival);
    const isLie = lie !== null && this.receiveEquivocation(lie);
    if (isLie && lie) this.context.broadcast({ type: 'fork', entries: lie });
    switch (relationOf(chain, rival)) {
      case 'contradicts':
        this.reportFork(rival);
        return isLie;
      case 'continues':
      case 'takes over':
        this.adopt(rival);
        return true;
      case 'lies':
      case 'worse':
        return isLie;
    }
  }

  private adopt({ log: chain, ratification, fork }: ForkCandidate): void {
    const { context: desk } = this;
    const dropped = desk.log.entriesFrom(fork + 1);
    if (dropped.length > 0) desk.store.dropEntriesFrom(fork + 1);
    for (const { entry, signed } of chain.entriesFrom(fork + 1)) desk.store.putEntry(entry.index, signed);
    const isProved = chain.ratified > desk.log.ratified;
    desk.log = chain;
    desk.ratification = ratification;
    if (isProved) desk.saveRatified();
    this.keepOrphans(dropped, fork);
    this.ratify();
    desk.emit({ type: 'changed' });
  }

  /** SPEC GROUP-13. What the row has ruled on since needs no memory. */
  private keepOrphans(dropped: readonly AppliedEntry[], fork: number): void {
    const { memory, log: chain } = this.context;
    // What only its author had on disk binds nobody: who else had it will tell the new leader.
    const { user } = this.context.self;
    const lost = dropped.filter(({ entry: { op, by } }) => op.do === 'add' || (op.do === 'remove' && by !== user));
    const known = new Set(memory.orphans.map(({ signed }) => signed.payload));
    const fresh = lost.filter(({ signed }) => !known.has(signed.payload)).map(({ signed }) => ({ signed, fork }));
    const open = [...memory.orphans, ...fresh].filter((orphan) => {
      const op = peekEntry(orphan.signed)?.op;
      if (op?.do === 'remove') return (chain.members.get(op.user)?.since ?? Infinity) <= orphan.fork;
      return op?.do === 'add' && !chain.members.has(op.user);
    });
    memory.orphans = open.slice(-LIMITS.groupOrphansMax);
  }

  private ratify(): void {
    const { context: desk } = this;
    const proofs: RatificationProof[] = [];
    // One step can be the ground for the next.
    for (let proof = desk.ratification.advance(desk.log); proof; proof = desk.ratification.advance(desk.log)) {
      proofs.push(proof);
    }
    if (proofs.length === 0) return;
    this.ratificationAdvanced();
    if (desk.isLeader) desk.broadcast({ type: 'proofs', proofs });
  }

  private ratificationAdvanced(): void {
    this.context.saveRatified();
    this.context.emit({ type: 'changed' });
  }

  /** SPEC GROUP-11: nothing is merged; whoever looks sees both heads. */
  private reportFork({ log: chain, fork }: ForkCandidate): void {
    const mine = this.context.log.at(fork + 1);
    const theirs = chain.at(fork + 1);
    if (!mine || !theirs || !this.keepEvidence([mine.signed, theirs.signed])) return;
    const text = `${headline(this.context.log.position)} and ${headline(positionOf(chain.head))}`;
    this.context.emit({ type: 'warn', code: 'GROUP_FORK', text });
  }

  private keepEvidence([mine, theirs]: readonly [Signed, Signed]): boolean {
    const { forks } = this.context.memory;
    const isKnown = forks.some(([a, b]) => a.payload === mine.payload && b.payload === theirs.payload);
    if (isKnown || forks.length >= LIMITS.groupForksMax) return false;
    forks.push([mine, theirs]);
    return true;
  }
}

function headline({ index, term, hash }: LogPosition): string {
  return `${hash} (entry ${index}, term ${term})`;
}
