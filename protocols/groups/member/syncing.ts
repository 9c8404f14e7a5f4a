// Keeping up with each other (SPEC, "Sync"): both say where they stand; entries first; messages are asked for, one
// batch at a time, of one member at a time.

import { LIMITS } from '../../kit/limits.js';
import { parseJson } from '../../kit/bytes.js';
import { earlier, type Instant } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import { isBetter, type Have, type Place } from '../entry.js';
import type { GroupWord, Sync, Proof } from '../frames.js';
import { peekMessage } from '../group-message.js';
import { batches, wordsOf } from '../log/batches.js';
import type { Desk } from './desk.js';
import { fitted, fittingLetter, Giving } from './giving.js';
import type { Talking } from './talking.js';

type Word<S extends GroupWord['says']> = Extract<GroupWord, { says: S }>;

/** What the syncing part may ask of the others. */
export interface Around {
  readonly here: () => Signed | null;
  readonly adopted: () => Signed | null;
}

const FEWEST_MS = 50;

export class Syncing {
  /** What members last said that they have. */
  private readonly theirs = new Map<string, Map<string, number>>();
  /** Where members last said that they stand. */
  private readonly heads = new Map<string, Place>();
  private pull: { readonly from: string; readonly until: Instant } | null = null;
  private syncAt: Instant = 0;
  private wantsPast: boolean;
  /** Members to be told what I have, before the turn ends. */
  private readonly owed = new Map<string, Set<string>>();
  private received = 0;
  private readonly giving: Giving;

  constructor(
    private readonly desk: Desk,
    private readonly talking: Talking,
    private readonly around: Around,
  ) {
    this.giving = new Giving(desk, talking);
    this.wantsPast = desk.shelf.memo('past') !== 'asked';
  }

  wakeAt(): Instant | null {
    const { desk } = this;
    if (desk.linked.size === 0 || desk.me === null) return null;
    return earlier(this.syncAt, this.pull?.until ?? null);
  }

  wake(): void {
    const { desk } = this;
    if (this.pull !== null && desk.now >= this.pull.until) {
      // Whoever does not answer has nothing, until they say so again: others may have it.
      this.theirs.delete(this.pull.from);
      this.pull = null;
      this.pullOn();
    }
    if (desk.now < this.syncAt || desk.linked.size === 0 || desk.me === null) return;
    this.syncAt = desk.now + this.everyMs();
    for (const { user } of desk.peers()) this.greet(user, false);
  }

  linked(user: string): void {
    if (this.desk.linked.size === 1) this.syncAt = this.desk.now + this.everyMs();
    this.greet(user, false);
  }

  unlinked(user: string): void {
    this.theirs.delete(user);
    if (this.pull?.from === user) this.pull = null;
    this.pullOn();
  }

  /** Says where I stand. */
  greet(user: string, isAnswer: boolean): void {
    const { desk } = this;
    if (!desk.linked.has(user) || !desk.isPeer(user)) return;
    desk.send(user, this.stand(isAnswer));
  }

  /** Somebody says where they stand: what they lack of the log is sent, what I lack is asked for. */
  heard(from: string, sync: Sync): void {
    this.remember(from, sync.head);
    this.teach(from, sync);
    if (!sync.isAnswer) this.greet(from, true);
    this.has(from, sync.have);
  }

  has(from: string, have: Have): void {
    const known = this.theirs.get(from) ?? new Map<string, number>();
    for (const { device, seq } of have) known.set(device, seq);
    this.theirs.set(from, known);
    this.pullOn();
  }

  /** Somebody who belongs no more may hear that, and of nothing after it (SPEC GROUP-22). */
  farewell(from: string, { head, ratified }: Sync): void {
    const { desk } = this;
    const end = desk.endOf(from);
    if (end === null || (desk.chain.has(head) && head.index >= end)) return;
    const begin = desk.chain.has(head) ? head.index : Math.min(ratified, end - 1);
    const words = batches(desk.chain, begin + 1, desk.ratification.since(ratified), { upTo: end });
    for (const word of words) desk.send(from, word);
  }

  /**
   * What a member who is away may not have heard of the log: all since the head they last spoke of, as far as a letter
   * bears it beside messages.
   */
  newsFor(user: string): GroupWord[] {
    const { desk } = this;
    const known = this.heads.get(user) ?? this.kept(user);
    const since = desk.chain.members.get(user)?.since ?? 0;
    const from = known !== null && desk.chain.has(known) ? known.index : since;
    const options = { records: this.records(), bytesMax: LIMITS.groupLetterBatchBytes };
    const words = batches(desk.chain, from + 1, desk.ratification.since(from), options);
    return words.slice(0, fittingLetter(words, LIMITS.groupNewsBytes));
  }

  /** Gives one batch of what somebody asks for. */
  asked(from: string, { have, past }: Word<'want'>): void {
    const { desk } = this;
    const batch = past ? this.giving.past(from) : this.giving.next(from, have);
    const { messages, more } = fitted(batch);
    desk.send(from, { says: 'messages', messages, more });
  }

  came(from: string, { messages, more }: Word<'messages'>): void {
    const { desk } = this;
    const isAnswer = this.pull?.from === from;
    const receipts = messages.map((signed) => this.takeOne(signed));
    const fresh = receipts.filter((receipt) => receipt === 'new').length;
    if (fresh > 0) this.talking.wake();
    this.note(from, messages);
    this.owe(from, messages);
    if (!isAnswer) {
      if (receipts.includes('later')) this.greet(from, false);
      return this.pullOn();
    }
    this.pull = null;
    this.received = more ? this.received + fresh : 0;
    if (more) desk.do({ kind: 'progress', received: this.received });
    // Who has more and cannot give it holds up nobody who can.
    if (fresh === 0) this.theirs.delete(from);
    this.pullOn();
  }

  /** Before the turn ends: acknowledges what it stored, to who passed it on and to who wrote it. */
  flush(): void {
    for (const [user, devices] of this.owed) {
      const have = this.talking.have().filter(({ device }) => devices.has(device));
      if (have.length > 0) this.desk.send(user, { says: 'have', have }, true);
    }
    this.owed.clear();
  }

  /** Asks the first member who has more than I for it. */
  pullOn(): void {
    const { desk } = this;
    if (this.pull !== null || desk.me === null) return;
    const from = this.wantsPast ? this.giver() : this.whoHasMore();
    if (from === null) return;
    const past = this.wantsPast;
    this.wantsPast = false;
    if (past) desk.shelf.putMemo('past', 'asked');
    this.pull = { from, until: desk.now + LIMITS.groupPullMs };
    desk.send(from, { says: 'want', have: this.talking.have(), past });
  }

  private takeOne(signed: Signed): 'new' | 'known' | 'later' | 'no' {
    const receipt = this.talking.take(signed);
    if (receipt === 'known' || receipt === 'no') return this.talking.takePast(signed) ? 'new' : receipt;
    return receipt;
  }

  private owe(from: string, messages: readonly Signed[]): void {
    const { desk } = this;
    for (const signed of messages) {
      const message = peekMessage(signed);
      if (message === null || this.talking.seqOf(message.device) < message.seq) continue;
      for (const user of new Set([from, message.by])) {
        if (!desk.isPeer(user)) continue;
        const devices = this.owed.get(user) ?? new Set();
        this.owed.set(user, devices.add(message.device));
      }
    }
  }

  private remember(user: string, head: Place): void {
    if (this.heads.get(user)?.hash === head.hash) return;
    this.heads.set(user, head);
    this.desk.shelf.putMemo(`head ${user}`, JSON.stringify(head));
  }

  private kept(user: string): Place | null {
    const text = this.desk.shelf.memo(`head ${user}`);
    return text === null ? null : (parseJson(text) as Place);
  }

  /** They have what they sent. */
  private note(from: string, messages: readonly Signed[]): void {
    const known = this.theirs.get(from);
    for (const signed of messages) {
      const message = peekMessage(signed);
      if (message && known) known.set(message.device, Math.max(message.seq, known.get(message.device) ?? 0));
    }
  }

  private everyMs(): number {
    return Math.max(FEWEST_MS, Math.min(LIMITS.groupSyncMs, this.desk.options.silenceMs / 2));
  }

  private stand(isAnswer: boolean): Sync {
    const { chain, memory } = this.desk;
    return {
      says: 'sync',
      head: chain.place,
      ratified: chain.ratified,
      promised: memory.promised,
      have: this.talking.have(),
      here: this.around.here(),
      adopted: this.around.adopted(),
      orphans: memory.orphans.map(({ signed }) => signed),
      isAnswer,
    };
  }

  private teach(to: string, { head, ratified }: Sync): void {
    const { desk } = this;
    const { chain } = desk;
    const proofs = desk.ratification.since(ratified);
    const isCurrent = chain.has(head) && head.index === chain.place.index;
    if (isCurrent && proofs.length === 0) return;
    if (isBetter(head, chain.place)) return;
    const from = chain.has(head) ? head.index + 1 : Math.min(ratified, head.index) + 1;
    const records = this.recordsFor(chain.from(from, LIMITS.groupEntriesPerFrame), proofs);
    const words = batches(chain, from, proofs, { records });
    if (words.length === 0) words.push(...wordsOf({ says: 'entries', from, entries: [], proofs, records: [] }));
    for (const word of words) desk.send(to, word);
  }

  /** Those it takes to judge these entries, then the newest of members. */
  private recordsFor(entries: readonly Signed[], proofs: readonly Proof[]): Signed[] {
    const { chain, tools } = this.desk;
    const signed = JSON.stringify([entries, proofs]);
    const newest = new Set([...chain.members.values()].map(({ user, key }) => chain.roster.newest(user, key)?.payload));
    const isNeeded = (record: Signed): boolean =>
      tools.readRecord(record)?.devices.some(({ device }) => signed.includes(device)) ?? false;
    const all = this.records();
    const needed = all.filter(isNeeded);
    return [...needed, ...all.filter((record) => newest.has(record.payload) && !needed.includes(record))];
  }

  /** Of whoever signed anything, beside those in the row. */
  records(): Signed[] {
    const { chain } = this.desk;
    const known = new Set(chain.stepsFrom(0).flatMap(({ entry: { op } }) => ('record' in op ? op.record.payload : [])));
    return chain.roster.all().filter(({ payload }) => !known.has(payload));
  }

  /** The first linked member of the group: any can give what was said before my time. */
  private giver(): string | null {
    const { desk } = this;
    const member = desk.me;
    if (member === null || typeof desk.chain.at(member.since)?.policy.history !== 'number') {
      this.wantsPast = false;
      return this.whoHasMore();
    }
    return desk.peers().find(({ user }) => desk.linked.has(user))?.user ?? null;
  }

  private whoHasMore(): string | null {
    const { desk, talking } = this;
    for (const [user, have] of this.theirs) {
      if (!desk.isPeer(user) || !desk.linked.has(user)) continue;
      for (const [device, seq] of have) if (seq > talking.seqOf(device)) return user;
    }
    return null;
  }
}
