// Replicates the log (SPEC GROUP-6 to GROUP-13): checks offered entries, adopts the better log, signs for the log on
// disk, and keeps evidence of forks and equivocations.

import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition } from '../entry.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import { peekEntry, positionOf, type AppliedEntry } from '../log/applied-entry.js';
import { followableIndex } from '../log/replaced-devices.js';
import {
  equivocationBetween,
  provenEquivocation,
  readForkCandidate,
  relationOf,
  type ForkCandidate,
} from '../log/fork-candidate.js';
import type { MemberContext } from './member-context.js';

type EntriesBody = Extract<GroupFrameBody, { type: 'entries' }>;

export class LogReplication {
  /** The newest own `adopted` statement. */
  adopted: Signed | null = null;
  private adoptedHead: string | null = null;
  /** A better log that cannot be followed yet, because it needs replaced devices (SPEC GROUP-49). */
  private suspended: ForkCandidate | null = null;

  constructor(private readonly context: MemberContext) {}

  /** True iff the entries or proofs changed the log, the ratified index or the known equivocations. */
  receiveEntries(body: EntriesBody): boolean {
    this.learnRecords(body.records);
    const { log, ratification } = this.context;
    const candidate = readForkCandidate(log, ratification, body) ?? this.extendSuspended(body);
    const isNew = candidate !== null && this.judgeCandidate(candidate);
    return this.applyProofs(body.proofs) || isNew;
  }

  /** True iff the entry is in the log, or in a log that waits until it can be followed. */
  knows(index: number): boolean {
    const logs = [this.context.log, ...(this.suspended === null ? [] : [this.suspended.log])];
    return logs.some((log) => log.at(index) !== null);
  }

  /** The suspended log with further entries, compared with the own log. */
  private extendSuspended(body: EntriesBody): ForkCandidate | null {
    const { suspended } = this;
    const extended = suspended && readForkCandidate(suspended.log, suspended.ratification, body);
    if (!extended) return null;
    const { log } = this.context;
    let fork = Math.min(log.position.index, extended.log.position.index);
    while (fork > 0 && log.at(fork)?.id !== extended.log.at(fork)?.id) fork -= 1;
    return fork === extended.log.position.index ? null : { ...extended, fork };
  }

  /** The part of the candidate that can be followed; the rest waits for entries or proofs. */
  private followable(candidate: ForkCandidate): ForkCandidate | null {
    const index = followableIndex(candidate);
    this.suspended = index === candidate.log.position.index ? null : candidate;
    if (this.suspended === null) return candidate;
    const { log, ratification } = this.context;
    const { fork } = candidate;
    const entries = candidate.log.signedFrom(fork + 1, index - fork);
    return readForkCandidate(log, ratification, {
      from: fork + 1,
      entries,
      proofs: candidate.ratification.allProofs,
    });
  }

  /** Appends an own entry; a text says why it is invalid. */
  append(signed: Signed): string | null {
    const { log, store } = this.context;
    const fault = log.append(signed);
    if (fault === null) store.putEntry(log.head.entry.index, signed);
    return fault;
  }

  receiveAdoption(signed: Signed): void {
    if (this.context.ratification.record(this.context.log, signed)) this.ratify();
  }

  /** True iff the proofs ratified an entry. */
  applyProofs(proofs: readonly RatificationProof[]): boolean {
    const { context } = this;
    let isNew = false;
    for (const proof of proofs) isNew = context.ratification.applyProof(context.log, proof) || isNew;
    if (isNew) this.ratificationAdvanced();
    return isNew;
  }

  /** True iff the two entries prove an equivocation that was not known (SPEC GROUP-12). */
  receiveEquivocation(entries: readonly [Signed, Signed]): boolean {
    const { log, memory } = this.context;
    const equivocation = provenEquivocation(log, entries, (user, key, device) => {
      return log.signerOf(user, device, log.position.index)?.key === key && !log.isReplaced(user, device);
    });
    if (equivocation === null || memory.lies.includes(equivocation.term)) return false;
    this.keepEvidence(entries);
    memory.lies.push(equivocation.term);
    this.context.emit({ type: 'warn', code: 'GROUP_LIAR', text: equivocation.by });
    return true;
  }

  /** Signs `adopted` for the head if that is allowed (SPEC GROUP-7). */
  sign(): void {
    const { context } = this;
    const { log, memory, membership } = context;
    memory.promised = Math.max(memory.promised, log.term);
    if (!membership.isVoter || context.isFrozen || context.isBoundToLaterTerm) return;
    if (this.adoptedHead === log.head.id) return;
    this.adoptedHead = log.head.id;
    this.adopted = context.sign('adopted', log.position);
    this.receiveAdoption(this.adopted);
    const body: GroupFrameBody = { type: 'statement', statement: 'adopted', signed: this.adopted };
    // A removed member has no link and sends no sync that would repeat the statement, so it goes as a letter.
    if (!context.isLeader) context.send(log.head.leader, body, !context.isMember);
  }

  learnRecords(records: readonly Signed[]): void {
    const { log, intervals, dependencies, store } = this.context;
    for (const signed of records) {
      const record = dependencies.readRecord(signed);
      if (record === null || log.roster.addsNothing(record)) continue;
      if (!intervals.of(record.name).some(({ key }) => key === record.key)) continue;
      const { length } = log.roster.provingRecords();
      log.roster.learn(signed);
      // A record that names no new device replaces the one before it. Two persons of the group can have one name.
      const hasNew = log.roster.provingRecords().length > length;
      const { name, key, version } = record;
      store.putMemo(`record ${name} ${key} ${hasNew ? version : 'newest'}`, JSON.stringify(signed));
      this.context.emit({ type: 'changed' });
    }
  }

  private judgeCandidate(offered: ForkCandidate): boolean {
    const { log } = this.context;
    const candidate = this.followable(offered);
    if (candidate === null) return false;
    const pair = equivocationBetween(log, candidate);
    const isNewEquivocation = pair !== null && this.receiveEquivocation(pair);
    if (isNewEquivocation) this.context.broadcast({ type: 'fork', entries: pair });
    switch (relationOf(log, candidate)) {
      case 'contradicts':
        this.reportFork(candidate);
        return isNewEquivocation;
      case 'extends':
      case 'replaces':
        this.adopt(candidate);
        return true;
      case 'equivocates':
      case 'behind':
        return isNewEquivocation;
    }
  }

  private adopt({ log, ratification, fork }: ForkCandidate): void {
    const { context } = this;
    const dropped = context.log.entriesFrom(fork + 1);
    if (dropped.length > 0) context.store.dropEntriesFrom(fork + 1);
    for (const { entry, signed } of log.entriesFrom(fork + 1)) context.store.putEntry(entry.index, signed);
    const hasRatified = log.ratified > context.log.ratified;
    context.log = log;
    context.ratification = ratification;
    if (hasRatified) context.saveRatified();
    this.keepOrphans(dropped, fork);
    this.ratify();
    context.emit({ type: 'changed' });
  }

  /** SPEC GROUP-13. An orphaned entry is forgotten once the new log has decided about its user. */
  private keepOrphans(dropped: readonly AppliedEntry[], fork: number): void {
    const { memory, log, self } = this.context;
    // An own removal that no other member had does not bind. A member that had it reports it to the new leader.
    const lost = dropped.filter(({ entry: { op, by } }) => op.do === 'add' || (op.do === 'remove' && by !== self.user));
    const known = new Set(memory.orphans.map(({ signed }) => signed.payload));
    const fresh = lost.filter(({ signed }) => !known.has(signed.payload)).map(({ signed }) => ({ signed, fork }));
    const open = [...memory.orphans, ...fresh].filter((orphan) => {
      const op = peekEntry(orphan.signed)?.op;
      if (op?.do === 'remove') return (log.members.get(op.user)?.since ?? Infinity) <= orphan.fork;
      return op?.do === 'add' && !log.members.has(op.user);
    });
    memory.orphans = open.slice(-LIMITS.groupOrphansMax);
  }

  private ratify(): void {
    const { log, ratification } = this.context;
    const proofs: RatificationProof[] = [];
    // Each ratified configuration can be the ground for the next proof.
    for (let proof = ratification.advance(log); proof; proof = ratification.advance(log)) proofs.push(proof);
    if (proofs.length === 0) return;
    this.ratificationAdvanced();
    if (this.context.isLeader) this.context.broadcast({ type: 'proofs', proofs });
  }

  private ratificationAdvanced(): void {
    this.context.saveRatified();
    this.context.emit({ type: 'changed' });
  }

  /** SPEC GROUP-11. */
  private reportFork({ log, fork }: ForkCandidate): void {
    const own = this.context.log.at(fork + 1);
    const theirs = log.at(fork + 1);
    if (!own || !theirs || !this.keepEvidence([own.signed, theirs.signed])) return;
    const text = `${headText(this.context.log.position)} and ${headText(positionOf(log.head))}`;
    this.context.emit({ type: 'warn', code: 'GROUP_FORK', text });
  }

  /** True iff the pair is new. */
  private keepEvidence([own, theirs]: readonly [Signed, Signed]): boolean {
    const { forks } = this.context.memory;
    const isKnown = forks.some(([a, b]) => a.payload === own.payload && b.payload === theirs.payload);
    if (isKnown || forks.length >= LIMITS.groupForksMax) return false;
    forks.push([own, theirs]);
    return true;
  }
}

function headText({ index, term, hash }: LogPosition): string {
  return `${hash} (entry ${index}, term ${term})`;
}
