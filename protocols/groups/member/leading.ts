// What a leader writes (SPEC, "The log"), and what it is refused for.

import { LIMITS } from '../../kit/limits.js';
import { never } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import { signObject, type Signed } from '../../kit/signed.js';
import type { Cut, Entry, Op } from '../entry.js';
import type { GroupWord } from '../frames.js';
import { readEntry } from '../log/step.js';
import { batches } from '../log/batches.js';
import type { Desk, GroupAct } from './desk.js';
import type { Following } from './following.js';

type Deed = Extract<GroupAct, { do: 'add' | 'remove' | 'policy' }>;

export class Leading {
  constructor(
    private readonly desk: Desk,
    private readonly following: Following,
    private readonly cutOf: (user: string, key: string) => Cut,
  ) {}

  /** Null where it is done, else why not. */
  act(deed: Deed): Refusal | null {
    const refusal = this.whyNot(deed);
    if (refusal !== null) return refusal;
    switch (deed.do) {
      case 'add':
        return this.add(deed.user, deed.record, deed.consent);
      case 'remove':
        return this.remove(deed.user);
      case 'policy':
        return this.write({ do: 'policy', policy: deed.policy });
      default:
        return never(deed);
    }
  }

  /** Why I cannot decide about members now; null if I can. */
  whyNotLead(): Refusal | null {
    const { desk } = this;
    const { name } = desk;
    if (desk.me === null) return new Refusal('NOT_MEMBER', name);
    if (desk.isFrozen) return new Refusal('GROUP_FROZEN', name);
    if (!desk.isLeader) return new Refusal('NOT_LEADER', `${name}, which ${desk.chain.head.leader} leads`);
    if (!desk.mayWrite) return new Refusal('GROUP_UNSETTLED', name);
    const pending = desk.chain.head.entry.index - desk.chain.ratified;
    return pending >= LIMITS.groupUnratifiedMax ? new Refusal('GROUP_UNSETTLED', name) : null;
  }

  /** I have the votes: my term begins. */
  takeOver(op: Op, term: number): boolean {
    return this.write(op, term) === null;
  }

  /** What a leader writes down by itself: who left, what a takeover left out (SPEC GROUP-13, GROUP-21). */
  tidy(): void {
    const { desk } = this;
    if (!desk.mayWrite) return;
    for (const member of [...desk.chain.members.values()]) {
      const statement = desk.farewellOf(member);
      if (statement !== null && member.user !== desk.self.user)
        this.write({ do: 'leave', user: member.user, statement });
    }
    for (const { signed } of [...desk.memory.orphans]) this.rule(signed);
  }

  /** Another member reports entries that a takeover left out of their row. */
  reported(reporter: string, orphans: readonly Signed[]): void {
    const { desk } = this;
    if (!desk.mayWrite) return;
    for (const signed of orphans) {
      const entry = readEntry(signed);
      // A leader that was voted out must not go on ruling by itself, in the name of what it had decided before.
      if (entry === null || desk.chain.leaderOf(entry.term) !== entry.by) continue;
      if (entry.op.do === 'remove' && entry.by === reporter) continue;
      if (entry.group !== desk.group || !desk.isAuthentic(entry, signed)) continue;
      const fork = desk.chain.lastOfTerm(entry.term, entry.index - 1);
      if (desk.chain.at(entry.index)?.signed.payload === signed.payload) continue;
      if (entry.op.do === 'remove' && (desk.chain.members.get(entry.op.user)?.since ?? Infinity) > fork) continue;
      this.rule(signed);
    }
  }

  private whyNot(deed: Deed): Refusal | null {
    const { desk } = this;
    const refusal = this.whyNotLead();
    if (refusal !== null || deed.do === 'policy') return refusal;
    const member = desk.chain.members.get(deed.user);
    if (deed.do === 'remove') {
      if (deed.user === desk.self.user) return new Refusal('SELF');
      return member === undefined ? new Refusal('NOT_IN_GROUP', deed.user) : null;
    }
    if (member !== undefined) return new Refusal('MEMBER_ALREADY', deed.user);
    return desk.chain.members.size >= LIMITS.groupMembersMax ? new Refusal('GROUP_FULL', this.desk.name) : null;
  }

  private add(user: string, record: Signed, consent: Signed): Refusal | null {
    const refusal = this.write({ do: 'add', user, record, consent });
    if (refusal !== null) return refusal;
    const { chain } = this.desk;
    for (const word of batches(chain, 0, this.desk.ratification.all)) this.desk.send(user, word, true);
    return null;
  }

  private remove(user: string): Refusal | null {
    return this.write({ do: 'remove', user, cut: this.cutOf(user, this.desk.chain.members.get(user)?.key ?? '') });
  }

  private rule(signed: Signed): void {
    const op = readEntry(signed)?.op;
    const { members } = this.desk.chain;
    if (op?.do === 'remove' && op.user !== this.desk.self.user && members.has(op.user)) this.write(op);
    if (op?.do === 'add' && !members.has(op.user) && members.size < LIMITS.groupMembersMax) this.write(op);
  }

  private write(op: Op, term: number = this.desk.chain.term): Refusal | null {
    const { desk } = this;
    const { chain, self, now } = desk;
    const { index, hash: previous } = chain.place;
    const device = self.device.publicKey;
    const entry: Entry = { group: chain.group, index: index + 1, previous, term, op, at: now, by: self.user, device };
    const signed = signObject('group', entry, self.device, desk.tools.primitives);
    const fault = this.following.write(signed);
    if (fault !== null) return new Refusal('GROUP_REFUSES', `${this.desk.name}: ${fault}`);
    this.following.sign();
    this.tellAll(op, signed, index + 1);
    desk.do({ kind: 'changed' });
    return null;
  }

  /** Who goes hears it too, and then no more (SPEC GROUP-22). */
  private tellAll(op: Op, signed: Signed, from: number): void {
    const { desk } = this;
    const mine = desk.me && desk.chain.roster.newest(desk.self.user, desk.me.key);
    const records = mine === null ? [] : [mine];
    const proofs = op.do === 'takeover' ? desk.ratification.since(0).slice(-1) : [];
    const word: GroupWord = { says: 'entries', from, entries: [signed], proofs, records };
    desk.spread(word);
    if (op.do === 'remove' || op.do === 'leave') desk.send(op.user, word, true);
  }
}
