// A testbed for groups: member processes on a network without loss or delay, whose links a test cuts and restores.

import { signRecord } from '../../../protocols/directory/record-signing.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { LogEntry, EntryOp, GroupPolicy } from '../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { AuthorBudget } from '../../../protocols/groups/member/messages/author-budget.js';
import type { GroupEffect } from '../../../protocols/groups/member/member-io.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { introduce } from '../../sim/groups/group-network.js';
import { identityOf, MemberProcess, SILENCE_MS, type ProcessHost } from '../../sim/groups/member-process.js';

export { SILENCE_MS };

type Effect<K extends GroupEffect['type']> = Extract<GroupEffect, { type: K }>;

export const DEPENDENCIES = {
  primitives: fakePrimitives,
  readRecord: (signed: Signed) => readRecord(signed, fakePrimitives),
};

const POLICY: GroupPolicy = { deputies: [], history: 'all', join: 'ask' };

export class GroupTestbed implements ProcessHost {
  readonly dependencies = DEPENDENCIES;
  readonly effects: { user: string; effect: GroupEffect }[] = [];
  readonly group: string;
  private at = 1_000_000;
  private readonly processes = new Map<string, MemberProcess>();
  private readonly inFlight: { from: string; to: string; body: GroupFrameBody }[] = [];
  /** Cut links: frames between the two users are lost. */
  private readonly cuts = new Set<string>();
  /** The identity key that a member has pinned for a user. */
  pins: (member: string, user: string) => string | null = (_, user) => identityOf(user);
  /** What authors may make each member store. */
  readonly budgets = new Map<string, AuthorBudget>();
  readonly letters: { from: string; to: string; bodies: GroupFrameBody[] }[] = [];

  constructor(names: readonly string[], policy: Partial<GroupPolicy> = {}) {
    const [founder = ''] = names;
    const first = firstEntry(founder, { ...POLICY, ...policy });
    this.group = objectId('group', first.payload, fakePrimitives);
    for (const name of names) this.processes.set(name, new MemberProcess(name, this.group, this));
    this.get(founder).begin(first);
  }

  /** A testbed in which all users are members of one group, led by the first. */
  static of(names: readonly string[], policy: Partial<GroupPolicy> = {}): GroupTestbed {
    const testbed = new GroupTestbed(names, policy);
    for (const name of names.slice(1)) testbed.add(name);
    testbed.settle();
    return testbed;
  }

  get(name: string): MemberProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`no process is called ${name}`);
    return found;
  }

  member(name: string) {
    const { member } = this.get(name);
    if (!member) throw new Error(`${name} has no group`);
    return member;
  }

  /** The user consents and the leader adds it. */
  add(name: string, leader = this.leader): void {
    const { record } = this.get(name);
    this.get(leader).execute({ type: 'add', user: name, record, consent: this.consentOf(name, leader) });
    this.settle();
    for (const other of this.member(leader).log.members.keys()) if (other !== name) this.connect(name, other);
    this.settle();
  }

  consentOf(name: string, leader = this.leader, changes: object = {}): Signed {
    const { index, hash } = this.member(leader).log.position;
    const { device, identity } = this.get(name);
    const author = { group: this.group, by: name, device: device.publicKey, key: identity.publicKey };
    const consent = { ...author, head: { index, hash } };
    return signObject('consent', { ...consent, nonce: 'A'.repeat(22), at: 1, ...changes }, device, fakePrimitives);
  }

  broadcast(name: string, text: string): void {
    this.get(name).execute({ type: 'broadcast', text });
  }

  /** Delivers frames and letters until none is in flight. */
  settle(): void {
    for (let nth = 0; this.inFlight.length + this.letters.length > 0; nth += 1) {
      if (nth > 20_000) throw new Error('the network does not settle');
      const next = this.inFlight.shift();
      const letter = next ? undefined : this.letters.shift();
      if (next) this.get(next.to).receive(next.from, [next.body]);
      else if (letter) this.get(letter.to).receive(letter.from, letter.bodies);
    }
  }

  /** Advances the clock and wakes each machine when it is due. */
  advance(ms: number, stepMs = 50): void {
    for (const end = this.at + ms; this.at < end;) {
      this.at = Math.min(end, this.at + stepMs);
      for (const process of this.processes.values()) process.wake();
      this.settle();
    }
  }

  connect(a: string, b: string): void {
    const [one, other] = [this.get(a), this.get(b)];
    this.cuts.delete([a, b].sort().join());
    if (one.links.has(b) || !one.member || !other.member || !one.isUp || !other.isUp) return;
    one.links.add(b);
    other.links.add(a);
    introduce(other, one);
    introduce(one, other);
    this.settle();
  }

  cut(a: string, b: string): void {
    this.cuts.add([a, b].sort().join());
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      if (this.get(one).links.delete(other)) this.get(one).put({ type: 'unlinked', user: other });
    }
  }

  /** Cuts all links of a user. */
  isolate(name: string): void {
    for (const other of this.processes.keys()) if (other !== name) this.cut(name, other);
  }

  /** Restores all links of a user. */
  reconnect(name: string): void {
    for (const other of this.processes.keys()) if (other !== name) this.connect(name, other);
  }

  /** Stops the machine and starts it again from its store. */
  restart(name: string): void {
    const process = this.get(name);
    for (const other of [...process.links]) this.cut(name, other);
    process.member = null;
    process.start();
  }

  /** The user replaces its device; its links open again, unless they were cut. */
  renew(name: string): void {
    const process = this.get(name);
    const linked = [...process.links];
    for (const other of linked) this.cut(name, other);
    process.renew();
    for (const other of linked) this.connect(name, other);
  }

  get leader(): string {
    for (const { member } of this.processes.values()) if (member?.isLeader) return member.log.head.leader;
    throw new Error('the group has no leader');
  }

  /** An entry on top of the log of `on`, signed by `by`. */
  entry(op: EntryOp, { on, by, term }: { on: string; by: string; term?: number }): Signed {
    const { log } = this.member(on);
    const { device } = this.get(by);
    const { index, hash: previous } = log.position;
    const position = { group: this.group, index: index + 1, previous, term: term ?? log.term };
    const entry: LogEntry = { ...position, op, at: 1, by, device: device.publicKey };
    return signObject('group', entry, device, fakePrimitives);
  }

  /** `from` sends entries to `to`. */
  offer(to: string, from: string, entries: Signed[], at = this.member(to).log.position.index + 1): void {
    this.get(to).receive(from, [{ type: 'entries', from: at, entries, proofs: [], records: [] }]);
    this.settle();
  }

  effectsOf<K extends GroupEffect['type']>(user: string, type: K): Effect<K>[] {
    return this.effects.flatMap((one) =>
      one.user === user && one.effect.type === type ? [one.effect as Effect<K>] : [],
    );
  }

  /** The texts that a user sees, in order. */
  visibleTo(name: string): string[] {
    return this.get(name)
      .store.newestVisible(1_000)
      .map(({ text }) => text);
  }

  now(): number {
    return this.at;
  }

  pinnedKey(member: string, user: string): string | null {
    return this.pins(member, user);
  }

  budgetOf(member: string): AuthorBudget | undefined {
    return this.budgets.get(member);
  }

  shouldCrash(): boolean {
    return false;
  }

  transmit(from: MemberProcess, { to, body }: Effect<'send'>): void {
    if (!this.cuts.has([from.user, to].sort().join())) this.inFlight.push({ from: from.user, to, body });
  }

  postLetter(from: MemberProcess, to: string, bodies: GroupFrameBody[]): void {
    this.letters.push({ from: from.user, to, bodies });
  }

  handled({ user }: MemberProcess, _: unknown, effects: readonly GroupEffect[]): void {
    for (const effect of effects) this.effects.push({ user, effect });
  }

  crashed(): void {
    throw new Error('no process crashes here');
  }
}

function firstEntry(founder: string, policy: GroupPolicy): Signed {
  const device = fakeKey(`device of ${founder}`);
  const identity = fakeKey(`identity of ${founder}`);
  const devices = [{ device, exchange: device.publicKey, since: 0 }];
  const content = { name: founder, version: 1, identity, devices, previous: null, at: 0 };
  const record = signRecord(content, fakePrimitives);
  const op: EntryOp = { do: 'create', name: 'lake', public: true, nonce: 'A'.repeat(22), record, policy, cites: null };
  const position = { group: null, index: 0, previous: null, term: 0 };
  const entry: LogEntry = { ...position, op, at: 1, by: founder, device: device.publicKey };
  return signObject('group', entry, device, fakePrimitives);
}
