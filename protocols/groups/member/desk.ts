// What the parts of one member's machine share: the row in force, what is remembered beside it, and the effects.

import { LIMITS } from '../../kit/limits.js';
import { assert, type Instant } from '../../kit/machine.js';
import { parseJson } from '../../kit/bytes.js';
import type { SecretKey } from '../../kit/primitives.js';
import type { Refusal } from '../../kit/refusals.js';
import { signObject, type Signed } from '../../kit/signed.js';
import type { Entry, Policy, Place } from '../entry.js';
import type { GroupWord, Proof } from '../frames.js';
import { peekStatement, type StatementType } from '../statements.js';
import { Chain } from '../log/chain.js';
import { Ratification } from '../log/ratification.js';
import { Roster, type Tools } from '../log/roster.js';
import { Spans } from '../log/spans.js';
import { isSignedBy, readEntry, type Member } from '../log/step.js';
import type { GroupShelf, KeptMessage } from './shelf.js';

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

export interface Surroundings {
  readonly self: Self;
  readonly shelf: GroupShelf;
  readonly tools: Tools;
  readonly options: GroupOptions;
}

/** What a user may do to a group. `ref` of the input comes back with `done` or `refused`. */
export type GroupAct =
  | { do: 'say'; text: string }
  | { do: 'add'; user: string; record: Signed; consent: Signed }
  | { do: 'remove'; user: string }
  | { do: 'leave'; byVote: boolean }
  | { do: 'transfer'; user: string }
  | { do: 'policy'; policy: Policy };

export type GroupInput =
  | { kind: 'wake' }
  /** The last input of a turn: what was stored in it is acknowledged. */
  | { kind: 'turn_over' }
  | { kind: 'linked'; user: string }
  | { kind: 'unlinked'; user: string }
  /** From a device that the link or letter proves to be this user's. */
  | { kind: 'word'; from: string; word: GroupWord }
  /** The name server holds my messages for a user up to this number; null: no more. */
  | { kind: 'held'; user: string; upTo: number | null }
  | { kind: 'record'; signed: Signed }
  | { kind: 'act'; ref: number; act: GroupAct };

export type GroupEffect =
  /** Over the link, if there is one. `isLasting`: else as a letter. */
  | { kind: 'send'; to: string; word: GroupWord; isLasting: boolean }
  | { kind: 'show'; message: KeptMessage }
  | { kind: 'state'; id: string; state: 'queued' | 'held' | 'delivered' }
  /** Who belongs, who leads, or what is pending is not as it was. */
  | { kind: 'changed' }
  | { kind: 'joined' }
  | { kind: 'ended'; why: 'removed' | 'left' }
  | { kind: 'progress'; received: number }
  | { kind: 'warn'; code: 'GROUP_FORK' | 'GROUP_LIAR' | 'GROUP_CONFLICT'; text: string }
  | { kind: 'done'; ref: number; id: string | null }
  | { kind: 'refused'; ref: number; refusal: Refusal };

/** An entry that a takeover left out. `fork`: the last index that the two rows share. */
export interface Orphan {
  readonly signed: Signed;
  readonly fork: number;
}

/** What must outlive a crash beside the row itself. */
export interface Memory {
  /** The highest term I know of or have voted in. */
  promised: number;
  vote: { term: number; candidate: string; head: Place } | null;
  orphans: Orphan[];
  farewells: Signed[];
  transfer: Signed | null;
  /** Terms whose leaders were proved to lie. */
  lies: number[];
  forks: [Signed, Signed][];
  /** I was told of my end, or had none: whether to tell. */
  wasMember: boolean;
}

const NEW: Memory = {
  promised: 0,
  vote: null,
  orphans: [],
  farewells: [],
  transfer: null,
  lies: [],
  forks: [],
  wasMember: false,
};

export class Desk {
  now: Instant = 0;
  chain: Chain;
  ratification: Ratification;
  readonly spans: Spans;
  readonly memory: Memory;
  readonly linked = new Set<string>();
  readonly self: Self;
  readonly shelf: GroupShelf;
  readonly tools: Tools;
  readonly options: GroupOptions;
  private effects: GroupEffect[] = [];
  private kept: string;

  constructor({ self, shelf, tools, options }: Surroundings) {
    this.self = self;
    this.shelf = shelf;
    this.tools = tools;
    this.options = options;
    this.chain = readChain(shelf, tools);
    this.kept = shelf.memo('memory') ?? '';
    this.memory = this.kept === '' ? structured(NEW) : (parseJson(this.kept) as Memory);
    const ratified = parseJson(shelf.memo('ratified') ?? '') as { index: number; proofs: Proof[] } | undefined;
    this.ratification = new Ratification(ratified?.proofs);
    this.chain.ratified = ratified?.index ?? 0;
    this.chain.isTrusted = false;
    this.spans = new Spans(() => this.chain);
  }

  do(effect: GroupEffect): void {
    this.effects.push(effect);
  }

  takeEffects(): GroupEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  /** Writes down what changed. Called before any effect of the input leaves. */
  keep(): void {
    const text = JSON.stringify(this.memory);
    if (text !== this.kept) this.shelf.putMemo('memory', text);
    this.kept = text;
  }

  keepRatified(): void {
    const { ratified: index } = this.chain;
    this.shelf.putMemo('ratified', JSON.stringify({ index, proofs: this.ratification.all }));
  }

  get group(): string {
    return this.chain.group;
  }

  get name(): string {
    const { op } = this.chain.first.entry;
    return op.do === 'create' ? op.name : '';
  }

  get me(): Member | null {
    const member = this.chain.members.get(this.self.user) ?? null;
    return member !== null && this.isGone(member) ? null : member;
  }

  get isLeader(): boolean {
    return this.me !== null && this.chain.head.leader === this.self.user;
  }

  /** Who was removed by an entry that is still pending may be needed by those who remove them. */
  isElector(user: string = this.self.user): boolean {
    const { chain } = this;
    return chain.stepsFrom(chain.ratified).some(({ members }) => members.has(user));
  }

  /** Leads and may write: no later term is promised, and nobody lied. */
  get mayWrite(): boolean {
    return this.isLeader && !this.isPromised && !this.isFrozen;
  }

  /** Bound to a later term: nothing of this one may be signed (SPEC GROUP-7). */
  get isPromised(): boolean {
    return this.memory.promised > this.chain.term;
  }

  /** The leader of the present term was proved to lie (SPEC GROUP-12). */
  get isFrozen(): boolean {
    return this.memory.lies.includes(this.chain.term);
  }

  /** The other members that count: none that left, none whose removal is in force. */
  peers(): Member[] {
    return [...this.chain.members.values()].filter((member) => member.user !== this.self.user && !this.isGone(member));
  }

  isPeer(user: string): boolean {
    const member = this.chain.members.get(user);
    return member !== undefined && user !== this.self.user && !this.isGone(member);
  }

  /** Belongs by the row, and yet does not: left, or removed by an entry that a takeover left out. */
  isGone(member: Member): boolean {
    return this.farewellOf(member) !== null || this.orphanedRemoval(member) !== null;
  }

  hasLeft(user: string): boolean {
    const member = this.chain.members.get(user);
    return member !== undefined && this.farewellOf(member) !== null;
  }

  farewellOf({ user, by }: Member): Signed | null {
    const isTheirs = (signed: Signed): boolean => {
      const said = peekStatement('leave', signed);
      return said?.by === user && said.member === by;
    };
    return this.memory.farewells.find(isTheirs) ?? null;
  }

  /** SPEC GROUP-13: in force until the new leader rules, unless the members have made the removed their leader. */
  orphanedRemoval({ user, since }: Member): ReadonlyMap<string, number> | null {
    if (this.chain.head.leader === user) return null;
    for (const { signed, fork } of this.memory.orphans) {
      const op = readEntry(signed)?.op;
      if (op?.do !== 'remove' || op.user !== user || since > fork) continue;
      return new Map(op.cut.map(({ device, seq }) => [device, seq]));
    }
    return null;
  }

  /** The entry that ended somebody's time in the group, or that took the place of the one that let them in. */
  endOf(user: string): number | null {
    if (this.chain.members.has(user)) return null;
    const last = this.spans.of(user).at(-1)?.until ?? null;
    const isLost = ({ signed }: Orphan): boolean => {
      const op = readEntry(signed)?.op;
      return op?.do === 'add' && op.user === user;
    };
    const fork = this.memory.orphans.find(isLost)?.fork;
    return fork === undefined ? last : fork + 1;
  }

  send(to: string, word: GroupWord, isLasting = false): void {
    if (isLasting || this.linked.has(to)) this.do({ kind: 'send', to, word, isLasting });
  }

  /** To every other member with a link. */
  spread(word: GroupWord, except: string | null = null): void {
    for (const { user } of this.peers()) if (user !== except) this.send(user, word);
  }

  /** Signs a statement of mine about this group. */
  sign(type: StatementType, said: object): Signed {
    const { user: by, device } = this.self;
    const value = { group: this.group, by, device: device.publicKey, ...said };
    return signObject(type, value, device, this.tools.primitives);
  }

  /** Is this the device of somebody who belongs to the group, now or in an entry that is still pending? */
  isDeviceOf(user: string, device: string): boolean {
    const spans = this.spans.of(user);
    return spans.some(({ key }) => this.chain.roster.owns(user, key, device));
  }

  /** True iff who an entry says it is by, now or once a member, has signed it. */
  isAuthentic(entry: Entry, signed: Signed): boolean {
    return this.spans.of(entry.by).some(({ key }) => isSignedBy(entry, signed, key, this.chain));
  }
}

function readChain(shelf: GroupShelf, tools: Tools): Chain {
  const [first, ...others] = shelf.entries();
  assert(first !== undefined, 'a group on disk has a beginning');
  const roster = new Roster(tools);
  for (const { text } of shelf.memos('record ')) roster.learn(parseJson(text) as Signed);
  const chain = Chain.begin(first, roster, tools);
  assert(chain !== null, 'the beginning on disk was judged before');
  chain.isTrusted = true;
  for (const signed of others) assert(chain.push(signed) === null, 'entries on disk were judged before');
  return chain;
}

function structured(memory: Memory): Memory {
  return JSON.parse(JSON.stringify(memory)) as Memory;
}

/** How often the leader says that it is there. */
export function hereEveryMs({ silenceMs }: GroupOptions): number {
  return Math.max(1, Math.floor(silenceMs / LIMITS.groupHereParts));
}
