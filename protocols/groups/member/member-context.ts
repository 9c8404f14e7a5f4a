// The context that the parts of a member machine share: the log, the memory, the links, and the effects of the current
// input.

import { parseJson } from '../../kit/bytes.js';
import { assert, type Instant } from '../../kit/machine.js';
import { signObject, type Signed } from '../../kit/signed.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import type { AppliedEntry } from '../log/applied-entry.js';
import { DeviceRoster, type LogDependencies, type NewestRecord } from '../log/device-roster.js';
import { newerRecordOf, type Member } from '../log/member-devices.js';
import { MembershipIntervals } from '../log/membership-intervals.js';
import { MembershipLog } from '../log/membership-log.js';
import { Ratification } from '../log/ratification.js';
import type { Heartbeat, StatementType } from '../statements.js';
import { EffectiveMembership } from './effective-membership.js';
import type { GroupStore } from './group-store.js';
import type { GroupEffect, GroupOptions, MemberDependencies, Self } from './member-io.js';
import { readMemory, type MemberMemory } from './member-memory.js';
import { NO_BUDGET, type AuthorBudget } from './messages/author-budget.js';

/** A member whose devices changed, and its newest record. */
export interface DeviceChange {
  readonly member: Member;
  readonly newest: NewestRecord;
}

export class MemberContext {
  now: Instant = 0;
  log: MembershipLog;
  ratification: Ratification;
  readonly intervals: MembershipIntervals;
  readonly membership: EffectiveMembership;
  readonly memory: MemberMemory;
  readonly linked = new Set<string>();
  readonly self: Self;
  readonly store: GroupStore;
  readonly dependencies: LogDependencies;
  readonly options: GroupOptions;
  readonly budget: AuthorBudget;
  private effects: GroupEffect[] = [];
  private knownChanges: { head: AppliedEntry; revision: number; deviceChanges: readonly DeviceChange[] } | null = null;
  private savedMemory: string;

  constructor({ self, pinnedKey, store, budget, dependencies, options }: MemberDependencies) {
    this.self = self;
    this.store = store;
    this.dependencies = dependencies;
    this.options = options;
    this.budget = budget ?? NO_BUDGET;
    this.log = restoreLog(store, dependencies);
    this.savedMemory = store.memo('memory') ?? '';
    this.memory = readMemory(this.savedMemory);
    const ratified = parseJson(store.memo('ratified') ?? '') as Ratified | undefined;
    this.ratification = new Ratification(ratified?.proofs);
    this.log.ratified = ratified?.index ?? 0;
    this.log.isTrusted = false;
    const log = (): MembershipLog => this.log;
    this.intervals = new MembershipIntervals(log);
    const { memory, intervals } = this;
    this.membership = new EffectiveMembership({ self, pinnedKey, log, memory, intervals });
  }

  get group(): string {
    return this.log.group;
  }

  get name(): string {
    return this.log.name;
  }

  get isMember(): boolean {
    return this.membership.own !== null;
  }

  get isLeader(): boolean {
    return this.isMember && this.log.head.leader === this.self.user;
  }

  /** The leader may write entries unless a later term is promised, it equivocated, or another device began the term. */
  get mayWrite(): boolean {
    return this.isLeader && this.hasLeaderDevice && !this.isBoundToLaterTerm && !this.isFrozen;
  }

  /**
   * True iff the members that remain can ratify what is pending. Members that left may do it too, but need not come
   * back.
   */
  get canSettle(): boolean {
    const { log, membership } = this;
    const remaining = [...log.members.values()].filter((member) => !membership.isGone(member));
    return log.ratified === log.position.index || log.isQuorum(new Set(remaining.map(({ user }) => user)));
  }

  /** This device began the term. A leader that changed its device is elected again first (SPEC GROUP-50). */
  get hasLeaderDevice(): boolean {
    return this.log.head.leaderDevice === this.self.device.publicKey;
  }

  /** The device began this term, the present one, for its user and was not replaced (SPEC GROUP-49, GROUP-50). */
  mayLead({ by, device, term }: Pick<Heartbeat, 'by' | 'device' | 'term'>): boolean {
    const { head } = this.log;
    const isOfLeader = by === head.leader && device === head.leaderDevice && term === this.log.term;
    return isOfLeader && this.membership.maySign(by, device);
  }

  /** A later term is promised, so nothing of the current term may be signed (SPEC GROUP-7). */
  get isBoundToLaterTerm(): boolean {
    return this.memory.promised > this.log.term;
  }

  /** The leader of the current term is proved to have equivocated (SPEC GROUP-12). */
  get isFrozen(): boolean {
    return this.memory.lies.includes(this.log.term);
  }

  /** The members whose newest known record has other devices than the log (SPEC GROUP-47, GROUP-48). */
  get deviceChanges(): readonly DeviceChange[] {
    const { head, roster, members } = this.log;
    if (this.knownChanges?.head !== head || this.knownChanges.revision !== roster.revision) {
      const deviceChanges = [...members.values()].flatMap((member) => {
        const newest = newerRecordOf(member, roster);
        return newest === null ? [] : [{ member, newest }];
      });
      this.knownChanges = { head, revision: roster.revision, deviceChanges };
    }
    return this.knownChanges.deviceChanges;
  }

  emit(effect: GroupEffect): void {
    this.effects.push(effect);
  }

  takeEffects(): GroupEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  /** `isDurable`: without a link the body goes as a letter. */
  send(to: string, body: GroupFrameBody, isDurable = false): void {
    if (isDurable || this.linked.has(to)) this.emit({ type: 'send', to, body, isDurable });
  }

  /** Sends to every linked peer. */
  broadcast(body: GroupFrameBody, except: string | null = null): void {
    for (const { user } of this.membership.peers()) if (user !== except) this.send(user, body);
  }

  /** Signs a statement about this group. */
  sign(type: StatementType, fields: object): Signed {
    const { user: by, device } = this.self;
    const statement = { group: this.group, by, device: device.publicKey, ...fields };
    return signObject(type, statement, device, this.dependencies.primitives);
  }

  /** Must run before any effect of the input leaves, so that no crash forgets a vote that was sent. */
  saveMemory(): void {
    const text = JSON.stringify(this.memory);
    if (text !== this.savedMemory) this.store.putMemo('memory', text);
    this.savedMemory = text;
  }

  saveRatified(): void {
    const ratified: Ratified = { index: this.log.ratified, proofs: this.ratification.allProofs };
    this.store.putMemo('ratified', JSON.stringify(ratified));
  }
}

interface Ratified {
  readonly index: number;
  readonly proofs: readonly RatificationProof[];
}

function restoreLog(store: GroupStore, dependencies: LogDependencies): MembershipLog {
  const [first, ...others] = store.entries();
  assert(first !== undefined, 'a stored group has an entry 0');
  const roster = new DeviceRoster(dependencies);
  for (const { text } of store.memos('record ')) roster.learn(parseJson(text) as Signed);
  const log = MembershipLog.begin(first, roster, dependencies);
  assert(log !== null, 'the stored entry 0 was checked when it arrived');
  log.isTrusted = true;
  for (const signed of others) assert(log.append(signed) === null, 'stored entries were checked when they arrived');
  return log;
}
