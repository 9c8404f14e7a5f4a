// What the parts of one member's machine share: the row in force, what is remembered beside it, and the effects.

import { LIMITS } from '../../kit/limits.js';
import { assert, type Instant } from '../../kit/machine.js';
import { parseJson } from '../../kit/bytes.js';
import type { SecretKey } from '../../kit/primitives.js';
import type { Refusal } from '../../kit/refusals.js';
import { signObject, type Signed } from '../../kit/signed.js';
import type { LogEntry, GroupPolicy, LogPosition } from '../entry.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import { peekStatement, type StatementType } from '../statements.js';
import { MembershipLog } from '../log/membership-log.js';
import { Ratification } from '../log/ratification.js';
import { DeviceRoster, type LogDependencies } from '../log/device-roster.js';
import { MembershipIntervals } from '../log/membership-intervals.js';
import { isSignedBy, peekEntry, type Member } from '../log/applied-entry.js';
import type { GroupStore, StoredGroupMessage } from './group-store.js';

/** Who I am in this group. */
export interface Self {
  readonly user: string;
  readonly device: SecretKey;
}

/**
 * `silenceMs`: for how long a leader may be silent. Raised, a dead leader is replaced later; lowered, one with a slow
 * line is replaced for nothing.
 */
export interface GroupOptions {
  readonly silenceMs: number;
}

export interface MemberDependencies {
  readonly self: Self;
  readonly store: GroupStore;
  readonly dependencies: LogDependencies;
  readonly options: GroupOptions;
}

/** What a user may do to a group. `ref` of the input comes back with `done` or `refused`. */
export type MemberCommand =
  | { type: 'broadcast'; text: string }
  | { type: 'add'; user: string; record: Signed; consent: Signed }
  | { type: 'remove'; user: string }
  | { type: 'leave'; byVote: boolean }
  | { type: 'transfer'; user: string }
  | { type: 'policy'; policy: GroupPolicy };

export type GroupInput =
  | { type: 'wake' }
  /** The last input of a turn: what was stored in it is acknowledged. */
  | { type: 'flush' }
  | { type: 'linked'; user: string }
  | { type: 'unlinked'; user: string }
  /** From a device that the link or letter proves to be this user's. */
  | { type: 'frame'; from: string; body: GroupFrameBody }
  /** The name server holds my messages for a user up to this number; null: no more. */
  | { type: 'held'; user: string; upTo: number | null }
  | { type: 'record'; signed: Signed }
  | { type: 'command'; ref: number; command: MemberCommand };

export type GroupEffect =
  /** Over the link, if there is one. `isLasting`: else as a letter. */
  | { type: 'send'; to: string; body: GroupFrameBody; isDurable: boolean }
  | { type: 'show'; message: StoredGroupMessage }
  | { type: 'state'; id: string; state: 'queued' | 'held' | 'delivered' }
  /** Who belongs, who leads, or what is pending is not as it was. */
  | { type: 'changed' }
  | { type: 'joined' }
  | { type: 'ended'; why: 'removed' | 'left' }
  | { type: 'progress'; received: number }
  | { type: 'warn'; code: 'GROUP_FORK' | 'GROUP_LIAR' | 'GROUP_CONFLICT'; text: string }
  | { type: 'done'; ref: number; id: string | null }
  | { type: 'refused'; ref: number; refusal: Refusal };

/** An entry that a takeover left out. `fork`: the last index that the two rows share. */
export interface OrphanedEntry {
  readonly signed: Signed;
  readonly fork: number;
}

/** What must outlive a crash beside the row itself. */
export interface MemberMemory {
  /** The highest term I know of or have voted in. */
  promised: number;
  vote: { term: number; candidate: string; head: LogPosition } | null;
  orphans: OrphanedEntry[];
  farewells: Signed[];
  transfer: Signed | null;
  /** Terms whose leaders were proved to lie. */
  lies: number[];
  forks: [Signed, Signed][];
  /** I was told of my end, or had none: whether to tell. */
  wasMember: boolean;
}

const NEW_MEMORY: MemberMemory = {
  promised: 0,
  vote: null,
  orphans: [],
  farewells: [],
  transfer: null,
  lies: [],
  forks: [],
  wasMember: false,
};

export class MemberContext {
  now: Instant = 0;
  log: MembershipLog;
  ratification: Ratification;
  readonly intervals: MembershipIntervals;
  readonly memory: MemberMemory;
  readonly linked = new Set<string>();
  readonly self: Self;
  readonly store: GroupStore;
  readonly dependencies: LogDependencies;
  readonly options: GroupOptions;
  private effects: GroupEffect[] = [];
  private savedMemory: string;

  constructor({ self, store: shelf, dependencies: tools, options }: MemberDependencies) {
    this.self = self;
    this.store = shelf;
    this.dependencies = tools;
    this.options = options;
    this.log = restoreLog(shelf, tools);
    this.savedMemory = shelf.memo('memory') ?? '';
    this.memory = this.savedMemory === '' ? copyOf(NEW_MEMORY) : (parseJson(this.savedMemory) as MemberMemory);
    const ratified = parseJson(shelf.memo('ratified') ?? '') as
      { index: number; proofs: RatificationProof[] } | undefined;
    this.ratification = new Ratification(ratified?.proofs);
    this.log.ratified = ratified?.index ?? 0;
    this.log.isTrusted = false;
    this.intervals = new MembershipIntervals(() => this.log);
  }

  emit(effect: GroupEffect): void {
    this.effects.push(effect);
  }

  takeEffects(): GroupEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  /** Writes down what changed. Called before any effect of the input leaves. */
  saveMemory(): void {
    const text = JSON.stringify(this.memory);
    if (text !== this.savedMemory) this.store.putMemo('memory', text);
    this.savedMemory = text;
  }

  saveRatified(): void {
    const { ratified: index } = this.log;
    this.store.putMemo('ratified', JSON.stringify({ index, proofs: this.ratification.allProofs }));
  }

  get group(): string {
    return this.log.group;
  }

  get name(): string {
    const { op } = this.log.first.entry;
    return op.do === 'create' ? op.name : '';
  }

  get me(): Member | null {
    const member = this.log.members.get(this.self.user) ?? null;
    return member !== null && this.isGone(member) ? null : member;
  }

  get isLeader(): boolean {
    return this.me !== null && this.log.head.leader === this.self.user;
  }

  /** Who was removed by an entry that is still pending may be needed by those who remove them. */
  isVoter(user: string = this.self.user): boolean {
    const { log: chain } = this;
    return chain.entriesFrom(chain.ratified).some(({ members }) => members.has(user));
  }

  /** Leads and may write: no later term is promised, and nobody lied. */
  get mayWrite(): boolean {
    return this.isLeader && !this.isBoundToLaterTerm && !this.isFrozen;
  }

  /** Bound to a later term: nothing of this one may be signed (SPEC GROUP-7). */
  get isBoundToLaterTerm(): boolean {
    return this.memory.promised > this.log.term;
  }

  /** The leader of the present term was proved to lie (SPEC GROUP-12). */
  get isFrozen(): boolean {
    return this.memory.lies.includes(this.log.term);
  }

  /** The other members that count: none that left, none whose removal is in force. */
  peers(): Member[] {
    return [...this.log.members.values()].filter((member) => member.user !== this.self.user && !this.isGone(member));
  }

  isPeer(user: string): boolean {
    const member = this.log.members.get(user);
    return member !== undefined && user !== this.self.user && !this.isGone(member);
  }

  /** Belongs by the row, and yet does not: left, or removed by an entry that a takeover left out. */
  isGone(member: Member): boolean {
    return this.leaveStatementOf(member) !== null || this.orphanedRemoval(member) !== null;
  }

  hasLeft(user: string): boolean {
    const member = this.log.members.get(user);
    return member !== undefined && this.leaveStatementOf(member) !== null;
  }

  leaveStatementOf({ user, admissionId: by }: Member): Signed | null {
    const isTheirs = (signed: Signed): boolean => {
      const said = peekStatement('leave', signed);
      return said?.by === user && said.member === by;
    };
    return this.memory.farewells.find(isTheirs) ?? null;
  }

  /** SPEC GROUP-13: in force until the new leader rules, unless the members have made the removed their leader. */
  orphanedRemoval({ user, since }: Member): ReadonlyMap<string, number> | null {
    if (this.log.head.leader === user) return null;
    for (const { signed, fork } of this.memory.orphans) {
      const op = peekEntry(signed)?.op;
      if (op?.do !== 'remove' || op.user !== user || since > fork) continue;
      return new Map(op.cut.map(({ device, seq }) => [device, seq]));
    }
    return null;
  }

  /** The entry that ended somebody's time in the group, or that took the place of the one that let them in. */
  endIndexOf(user: string): number | null {
    if (this.log.members.has(user)) return null;
    const last = this.intervals.of(user).at(-1)?.until ?? null;
    const isLost = ({ signed }: OrphanedEntry): boolean => {
      const op = peekEntry(signed)?.op;
      return op?.do === 'add' && op.user === user;
    };
    const fork = this.memory.orphans.find(isLost)?.fork;
    return fork === undefined ? last : fork + 1;
  }

  send(to: string, word: GroupFrameBody, isLasting = false): void {
    if (isLasting || this.linked.has(to)) this.emit({ type: 'send', to, body: word, isDurable: isLasting });
  }

  /** To every other member with a link. */
  broadcast(word: GroupFrameBody, except: string | null = null): void {
    for (const { user } of this.peers()) if (user !== except) this.send(user, word);
  }

  /** Signs a statement of mine about this group. */
  sign(type: StatementType, said: object): Signed {
    const { user: by, device } = this.self;
    const value = { group: this.group, by, device: device.publicKey, ...said };
    return signObject(type, value, device, this.dependencies.primitives);
  }

  /** Is this the device of somebody who belongs to the group, now or in an entry that is still pending? */
  isDeviceOf(user: string, device: string): boolean {
    const spans = this.intervals.of(user);
    return spans.some(({ key }) => this.log.roster.owns(user, key, device));
  }

  /** True iff who an entry says it is by, now or once a member, has signed it. */
  isAuthentic(entry: LogEntry, signed: Signed): boolean {
    return this.intervals.of(entry.by).some(({ key }) => isSignedBy(entry, signed, key, this.log));
  }
}

function restoreLog(shelf: GroupStore, tools: LogDependencies): MembershipLog {
  const [first, ...others] = shelf.entries();
  assert(first !== undefined, 'a group on disk has a beginning');
  const roster = new DeviceRoster(tools);
  for (const { text } of shelf.memos('record ')) roster.learn(parseJson(text) as Signed);
  const chain = MembershipLog.begin(first, roster, tools);
  assert(chain !== null, 'the beginning on disk was judged before');
  chain.isTrusted = true;
  for (const signed of others) assert(chain.append(signed) === null, 'entries on disk were judged before');
  return chain;
}

function copyOf(memory: MemberMemory): MemberMemory {
  return JSON.parse(JSON.stringify(memory)) as MemberMemory;
}

/** How often the leader says that it is there. */
export function heartbeatEveryMs({ silenceMs }: GroupOptions): number {
  return Math.max(1, Math.floor(silenceMs / LIMITS.groupHeartbeatsPerSilence));
}
