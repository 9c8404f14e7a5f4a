// A small village for tests of groups: members without loss or delay, whose links a test cuts and joins by hand.

import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { LogEntry, EntryOp, GroupPolicy } from '../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupEffect } from '../../../protocols/groups/member/member-io.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { MemberProcess, SILENCE_MS, type ProcessHost } from '../../sim/groups/member-process.js';

export { SILENCE_MS };

type Effect<K extends GroupEffect['type']> = Extract<GroupEffect, { type: K }>;

export const DEPENDENCIES = {
  primitives: fakePrimitives,
  readRecord: (signed: Signed) => readRecord(signed, fakePrimitives),
};

const POLICY: GroupPolicy = { deputies: [], history: 'all', join: 'ask' };

export class GroupTestbed implements ProcessHost {
  readonly dependencies = DEPENDENCIES;
  readonly effects: { who: string; effect: GroupEffect }[] = [];
  readonly group: string;
  private at = 1_000_000;
  private readonly processes = new Map<string, MemberProcess>();
  private readonly inFlight: { from: string; to: string; word: GroupFrameBody }[] = [];
  /** Links that are cut: words between the two are lost. */
  private readonly cuts = new Set<string>();
  readonly letters: { from: string; to: string; words: GroupFrameBody[] }[] = [];

  constructor(names: readonly string[], policy: Partial<GroupPolicy> = {}) {
    const [founder = ''] = names;
    const first = firstEntry(founder, { ...POLICY, ...policy });
    this.group = objectId('group', first.payload, fakePrimitives);
    for (const name of names) this.processes.set(name, new MemberProcess(name, this.group, this));
    this.get(founder).begin(first);
  }

  /** A village in which all are members of one group, the first one leading. */
  static of(names: readonly string[], policy: Partial<GroupPolicy> = {}): GroupTestbed {
    const village = new GroupTestbed(names, policy);
    for (const name of names.slice(1)) village.add(name);
    village.settle();
    return village;
  }

  get(name: string): MemberProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  }

  member(name: string) {
    const { member } = this.get(name);
    if (!member) throw new Error(`${name} has no group`);
    return member;
  }

  /** The leader lets somebody in who says yes. */
  add(name: string, leader = this.leader): void {
    const { record } = this.get(name);
    this.get(leader).execute({ type: 'add', user: name, record, consent: this.consentOf(name, leader) });
    this.settle();
    for (const other of this.member(leader).log.members.keys()) if (other !== name) this.connect(name, other);
    this.settle();
  }

  consentOf(name: string, leader = this.leader, changes: object = {}): Signed {
    const { index, hash } = this.member(leader).log.position;
    const { device } = this.get(name);
    const said = { group: this.group, by: name, device: device.publicKey, head: { index, hash } };
    return signObject('consent', { ...said, nonce: 'A'.repeat(22), at: 1, ...changes }, device, fakePrimitives);
  }

  broadcast(name: string, text: string): void {
    this.get(name).execute({ type: 'broadcast', text });
  }

  /** Lets words and letters arrive until nobody says anything. */
  settle(): void {
    for (let nth = 0; this.inFlight.length + this.letters.length > 0; nth += 1) {
      if (nth > 20_000) throw new Error('they talk in circles');
      const next = this.inFlight.shift();
      const letter = next ? undefined : this.letters.shift();
      if (next) this.get(next.to).receive(next.from, [next.word]);
      else if (letter) this.get(letter.to).receive(letter.from, letter.words);
    }
  }

  /** Lets time go by: machines wake when they want to. */
  advance(ms: number, stepMs = 50): void {
    for (const end = this.at + ms; this.at < end;) {
      this.at = Math.min(end, this.at + stepMs);
      for (const who of this.processes.values()) who.wake();
      this.settle();
    }
  }

  connect(a: string, b: string): void {
    const [one, other] = [this.get(a), this.get(b)];
    this.cuts.delete([a, b].sort().join());
    if (one.links.has(b) || !one.member || !other.member || !one.isUp || !other.isUp) return;
    one.links.add(b);
    other.links.add(a);
    one.put({ type: 'linked', user: b });
    other.put({ type: 'linked', user: a });
    this.settle();
  }

  cut(a: string, b: string): void {
    this.cuts.add([a, b].sort().join());
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      if (this.get(one).links.delete(other)) this.get(one).put({ type: 'unlinked', user: other });
    }
  }

  /** Cuts somebody off from all. */
  isolate(name: string): void {
    for (const other of this.processes.keys()) if (other !== name) this.cut(name, other);
  }

  /** Joins somebody with all again. */
  reconnect(name: string): void {
    for (const other of this.processes.keys()) if (other !== name) this.connect(name, other);
  }

  /** The machine stops, and begins again from what is on disk. */
  restart(name: string): void {
    const who = this.get(name);
    for (const other of [...who.links]) this.cut(name, other);
    who.member = null;
    who.start();
  }

  get leader(): string {
    for (const { member } of this.processes.values()) if (member?.isLeader) return member.log.head.leader;
    throw new Error('nobody leads');
  }

  /** An entry on top of somebody's row, signed by anybody. */
  entry(op: EntryOp, { on, by, term }: { on: string; by: string; term?: number }): Signed {
    const { log: chain } = this.member(on);
    const { device } = this.get(by);
    const { index, hash: previous } = chain.position;
    const place = { group: this.group, index: index + 1, previous, term: term ?? chain.term };
    const entry: LogEntry = { ...place, op, at: 1, by, device: device.publicKey };
    return signObject('group', entry, device, fakePrimitives);
  }

  /** Somebody shows an entry to another. */
  offer(to: string, from: string, entries: Signed[], at = this.member(to).log.position.index + 1): void {
    this.get(to).receive(from, [{ type: 'entries', from: at, entries, proofs: [], records: [] }]);
    this.settle();
  }

  effectsOf<K extends GroupEffect['type']>(who: string, kind: K): Effect<K>[] {
    return this.effects.flatMap((one) =>
      one.who === who && one.effect.type === kind ? [one.effect as Effect<K>] : [],
    );
  }

  /** The texts that somebody sees, in order. */
  visibleTo(name: string): string[] {
    return this.get(name)
      .store.newestVisible(1_000)
      .map(({ text }) => text);
  }

  now(): number {
    return this.at;
  }

  shouldCrash(): boolean {
    return false;
  }

  transmit(from: MemberProcess, { to, body: word }: Effect<'send'>): void {
    if (!this.cuts.has([from.user, to].sort().join())) this.inFlight.push({ from: from.user, to, word });
  }

  postLetter(from: MemberProcess, to: string, words: GroupFrameBody[]): void {
    this.letters.push({ from: from.user, to, words });
  }

  handled(who: MemberProcess, _: unknown, effects: readonly GroupEffect[]): void {
    for (const effect of effects) this.effects.push({ who: who.user, effect });
  }

  crashed(): void {
    throw new Error('nothing crashes here');
  }
}

function firstEntry(founder: string, policy: GroupPolicy): Signed {
  const device = fakeKey(`device of ${founder}`);
  const identity = fakeKey(`identity of ${founder}`);
  const devices = [{ device: device.publicKey, exchange: device.publicKey, since: 0 }];
  const papers = { name: founder, version: 1, key: identity.publicKey, devices, previous: null, at: 0 };
  const record = signObject('record', papers, identity, fakePrimitives);
  const op: EntryOp = { do: 'create', name: 'lake', public: true, nonce: 'A'.repeat(22), record, policy, cites: null };
  const place = { group: null, index: 0, previous: null, term: 0 };
  const entry: LogEntry = { ...place, op, at: 1, by: founder, device: device.publicKey };
  return signObject('group', entry, device, fakePrimitives);
}
