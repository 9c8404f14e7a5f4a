// Following the row (SPEC GROUP-6 to GROUP-13): what others show is judged, the better row is taken, what is on disk is
// signed, and what contradicts is kept as evidence.

import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { Place } from '../entry.js';
import type { GroupWord, Proof } from '../frames.js';
import { lieBetween, lieProved, readRival, relationOf, type Rival } from '../log/rival.js';
import { placeOf, readEntry, type Step } from '../log/step.js';
import type { Desk } from './desk.js';

type Tell = Extract<GroupWord, { says: 'entries' }>;

export class Following {
  /** The head that I signed last. */
  private signedFor: string | null = null;
  adopted: Signed | null = null;

  constructor(private readonly desk: Desk) {}

  /** Somebody shows entries. True iff they taught something. */
  shown(word: Tell): boolean {
    this.learnRecords(word.records);
    const { desk } = this;
    const rival = readRival(desk.chain, desk.ratification, word);
    const isNew = rival !== null && this.judge(rival);
    return this.prove(word.proofs) || isNew;
  }

  /** Puts an entry of my own on top. */
  write(signed: Signed): string | null {
    const { desk } = this;
    const fault = desk.chain.push(signed);
    if (fault === null) desk.shelf.putEntry(desk.chain.head.entry.index, signed);
    return fault;
  }

  /** Somebody says what they have on disk. */
  heard(signed: Signed): void {
    if (this.desk.ratification.hear(this.desk.chain, signed)) this.ratify();
  }

  /** Takes what ratified entries elsewhere. True iff that ratified something here. */
  prove(proofs: readonly Proof[]): boolean {
    const { desk } = this;
    let isNews = false;
    for (const proof of proofs) isNews = desk.ratification.follow(desk.chain, proof) || isNews;
    if (isNews) this.ratified();
    return isNews;
  }

  /** Two entries that may prove a lie. True iff they do, and that is news. */
  accused(entries: readonly [Signed, Signed]): boolean {
    const lie = lieProved(this.desk.chain, entries);
    if (lie === null || this.desk.memory.lies.includes(lie.term)) return false;
    this.remember(entries);
    this.desk.memory.lies.push(lie.term);
    this.desk.do({ kind: 'warn', code: 'GROUP_LIAR', text: lie.liar });
    return true;
  }

  /** Signs for the row on disk, where that may be done (SPEC GROUP-7). */
  sign(): void {
    const { desk } = this;
    const { chain, memory } = desk;
    memory.promised = Math.max(memory.promised, chain.term);
    if (!desk.isElector() || desk.isFrozen || desk.isPromised || this.signedFor === chain.head.id) return;
    this.signedFor = chain.head.id;
    this.adopted = desk.sign('adopted', chain.place);
    this.heard(this.adopted);
    const word: GroupWord = { says: 'statement', type: 'adopted', signed: this.adopted };
    // Who was removed has no link any more, and nothing that would say it again.
    if (!desk.isLeader) desk.send(chain.head.leader, word, desk.me === null);
  }

  learnRecords(records: readonly Signed[]): void {
    const { desk } = this;
    const { roster } = desk.chain;
    for (const signed of records) {
      const papers = desk.tools.readRecord(signed);
      if (papers === null || roster.knows(papers)) continue;
      if (!desk.spans.of(papers.name).some(({ key }) => key === papers.key)) continue;
      roster.learn(signed);
      desk.shelf.putMemo(`record ${papers.name} ${papers.version}`, JSON.stringify(signed));
    }
  }

  private judge(rival: Rival): boolean {
    const { chain } = this.desk;
    const lie = lieBetween(chain, rival);
    const isLie = lie !== null && this.accused(lie);
    if (isLie && lie) this.desk.spread({ says: 'fork', entries: lie });
    switch (relationOf(chain, rival)) {
      case 'contradicts':
        this.fork(rival);
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

  private adopt({ chain, ratification, fork }: Rival): void {
    const { desk } = this;
    const dropped = desk.chain.stepsFrom(fork + 1);
    if (dropped.length > 0) desk.shelf.dropEntriesFrom(fork + 1);
    for (const { entry, signed } of chain.stepsFrom(fork + 1)) desk.shelf.putEntry(entry.index, signed);
    const isProved = chain.ratified > desk.chain.ratified;
    desk.chain = chain;
    desk.ratification = ratification;
    if (isProved) desk.keepRatified();
    this.orphan(dropped, fork);
    this.ratify();
    desk.do({ kind: 'changed' });
  }

  /** SPEC GROUP-13. What the row has ruled on since needs no memory. */
  private orphan(dropped: readonly Step[], fork: number): void {
    const { memory, chain } = this.desk;
    // What only its author had on disk binds nobody: who else had it will tell the new leader.
    const { user } = this.desk.self;
    const lost = dropped.filter(({ entry: { op, by } }) => op.do === 'add' || (op.do === 'remove' && by !== user));
    const known = new Set(memory.orphans.map(({ signed }) => signed.payload));
    const fresh = lost.filter(({ signed }) => !known.has(signed.payload)).map(({ signed }) => ({ signed, fork }));
    const open = [...memory.orphans, ...fresh].filter((orphan) => {
      const op = readEntry(orphan.signed)?.op;
      if (op?.do === 'remove') return (chain.members.get(op.user)?.since ?? Infinity) <= orphan.fork;
      return op?.do === 'add' && !chain.members.has(op.user);
    });
    memory.orphans = open.slice(-LIMITS.groupOrphansMax);
  }

  private ratify(): void {
    const { desk } = this;
    const proofs: Proof[] = [];
    // One step can be the ground for the next.
    for (let proof = desk.ratification.advance(desk.chain); proof; proof = desk.ratification.advance(desk.chain)) {
      proofs.push(proof);
    }
    if (proofs.length === 0) return;
    this.ratified();
    if (desk.isLeader) desk.spread({ says: 'proof', proofs });
  }

  private ratified(): void {
    this.desk.keepRatified();
    this.desk.do({ kind: 'changed' });
  }

  /** SPEC GROUP-11: nothing is merged; whoever looks sees both heads. */
  private fork({ chain, fork }: Rival): void {
    const mine = this.desk.chain.at(fork + 1);
    const theirs = chain.at(fork + 1);
    if (!mine || !theirs || !this.remember([mine.signed, theirs.signed])) return;
    const text = `${headline(this.desk.chain.place)} and ${headline(placeOf(chain.head))}`;
    this.desk.do({ kind: 'warn', code: 'GROUP_FORK', text });
  }

  private remember([mine, theirs]: readonly [Signed, Signed]): boolean {
    const { forks } = this.desk.memory;
    const isKnown = forks.some(([a, b]) => a.payload === mine.payload && b.payload === theirs.payload);
    if (isKnown || forks.length >= LIMITS.groupForksKept) return false;
    forks.push([mine, theirs]);
    return true;
  }
}

function headline({ index, term, hash }: Place): string {
  return `${hash} (entry ${index}, term ${term})`;
}
