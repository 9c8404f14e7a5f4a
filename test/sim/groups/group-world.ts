// One simulated run of a group: drawn from one seed, troubled, then healed, and judged from beginning to end.

import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { LogEntry } from '../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import type { DeviceRecord, LogDependencies } from '../../../protocols/groups/log/device-roster.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import { Random } from '../kernel/random.js';
import { START_TIME, Timeline } from '../kernel/timeline.js';
import { GroupChecker } from './checker.js';
import { convergenceViolation } from './convergence.js';
import { drawGroupFaults, type GroupFaults } from './group-faults.js';
import { ByzantineMember } from './byzantine-member.js';
import { GroupNetwork } from './group-network.js';
import { traceLine, type TraceRecord } from './trace-line.js';
import { EventCounters } from '../kernel/event-counters.js';
import { MemberProcess, SILENCE_MS, type ProcessHost } from './member-process.js';

export interface GroupReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counters: EventCounters;
  readonly trace: () => readonly string[];
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'karl', 'lena'];
const VIOLATIONS_MAX = 3;
const TURNS_MAX = 60_000;
const NOTES_MAX = 4_000;
/** After trouble has ended, all must be as it should be within this time. */
const SETTLING_MS = 60 * SILENCE_MS;
const QUIET_S = 8;

export class GroupWorld implements ProcessHost {
  readonly dependencies: LogDependencies;
  readonly counters = new EventCounters();
  private readonly violations: string[] = [];
  private readonly trace: TraceRecord[] = [];
  private readonly timeline = new Timeline();
  private readonly random: Random;
  private readonly faults: GroupFaults;
  private readonly checker: GroupChecker;
  private readonly processes: MemberProcess[];
  private readonly founding: Signed;
  private readonly byzantine: ByzantineMember | null;
  private readonly network: GroupNetwork;
  private isHealed = false;
  private turns = 0;
  private messageCount = 0;

  constructor(private readonly seed: number) {
    this.random = new Random(seed);
    this.faults = drawGroupFaults(this.random.fork('troubles'), NAMES.length);
    this.checker = new GroupChecker((violation) => this.fail(violation));
    this.dependencies = { primitives: fakePrimitives, readRecord: remembered() };
    const names = NAMES.slice(0, this.faults.users);
    this.founding = this.found(names[0] ?? '');
    const group = objectId('group', this.founding.payload, fakePrimitives);
    const { timeline, random, faults: troubles, counters: tally } = this;
    this.network = new GroupNetwork({
      timeline,
      random,
      faults: troubles,
      counters: tally,
      wanted: (who) => this.wanted(who),
    });
    this.processes = names.map((name) => new MemberProcess(name, group, this));
    this.network.processes = this.processes;
    this.byzantine = this.drawByzantine();
  }

  run(): GroupReport {
    this.process(0).begin(this.founding);
    this.every(this.faults.paceMs, () => this.actAtRandom());
    this.every(400, () => this.network.deliverLetters());
    this.every(150, () => this.network.connectWanted());
    this.every(50, () => this.processes.forEach((who) => who.wake()));
    this.timeline.runUntil(START_TIME + this.faults.faultyMs, () => this.goesOn);
    this.heal();
    const end = this.timeline.now + SETTLING_MS;
    // Quiet for longer than anything is held back: or it only looked settled.
    for (let quiet = 0; this.timeline.now < end && this.goesOn && quiet < QUIET_S; this.advance(1_000)) {
      quiet = this.unsettled() === null ? quiet + 1 : 0;
    }
    const unsettled = this.goesOn ? this.unsettled() : null;
    // A leader that lies can leave its group without a majority for anything: then only safety counts.
    if (unsettled !== null && this.faults.byzantine !== 'leader') this.fail(unsettled);
    const { seed, violations, counters: tally } = this;
    return { seed, violations, counters: tally, trace: () => this.trace.map(traceLine) };
  }

  now(): number {
    return Math.floor(this.timeline.now);
  }

  shouldCrash(who: MemberProcess): boolean {
    if (this.isHealed || this.byzantine?.user === who.user || !this.random.chance(this.faults.crashAtEffect))
      return false;
    this.counters.add('crashes at effects');
    return true;
  }

  transmit(from: MemberProcess, { to, body: word }: Extract<GroupEffect, { type: 'send' }>): void {
    const words = this.byzantine?.user === from.user ? this.byzantine.tamper(to, word) : [word];
    for (const each of words) if (from.links.has(to)) this.network.transmit(from.user, to, each);
  }

  postLetter(from: MemberProcess, to: string, words: GroupFrameBody[]): void {
    this.network.postLetter(from.user, to, words);
  }

  handled(who: MemberProcess, input: GroupInput, effects: readonly GroupEffect[]): void {
    this.turns += 1;
    this.record(who.user, input, effects);
    for (const effect of effects) this.count(effect);
    this.checker.looked(who, effects);
  }

  crashed(who: MemberProcess): void {
    this.counters.add('crashes');
    for (const other of [...who.links]) this.network.cut(who.user, other);
    this.timeline.after(this.isHealed ? 1 : this.random.skewed(10, this.faults.downMs), () => this.revive(who));
  }

  /** A liar wants to be heard by everybody. */
  private wanted(who: MemberProcess): readonly string[] {
    const all = who === this.byzantine?.process ? this.processes : (who.member?.peers ?? []);
    return all.map(({ user }) => user);
  }

  private revive(who: MemberProcess): void {
    if (!who.isUp) who.start();
  }

  private get goesOn(): boolean {
    if (this.turns > TURNS_MAX) this.fail(`[GROUP-32] more than ${TURNS_MAX} turns`);
    return this.violations.length === 0;
  }

  private heal(): void {
    this.isHealed = true;
    this.network.heal();
    this.byzantine?.stop();
    for (const who of this.processes) this.revive(who);
  }

  private unsettled(): string | null {
    return convergenceViolation(
      this.processes.filter(({ user }) => user !== this.byzantine?.user),
      this.checker,
    );
  }

  /** What people do, now and then. */
  private actAtRandom(): void {
    if (this.isHealed) return;
    const { random, faults: troubles } = this;
    const who = random.pick(this.processes);
    if (random.chance(troubles.crash)) return who.isUp ? who.crash() : undefined;
    if (random.chance(troubles.partition)) return this.network.partition();
    if (random.chance(troubles.cut)) return this.network.cut(who.user, random.pick(this.processes).user);
    this.byzantine?.act(this.processes);
    if (random.chance(troubles.talk)) return this.broadcast(who);
    this.administer(who);
  }

  private broadcast(who: MemberProcess): void {
    if (who.member?.me === null || who.member === null) return;
    this.messageCount += 1;
    who.execute({ type: 'broadcast', text: `${who.user} ${this.messageCount}` });
    this.counters.add('said');
  }

  private administer(who: MemberProcess): void {
    const { random } = this;
    const { member } = who;
    if (member === null || !who.isUp) return;
    const other = random.pick(this.processes);
    if (!member.isLeader) {
      if (member.me !== null && random.chance(this.faults.leave)) who.execute({ type: 'leave', byVote: true });
      return;
    }
    const wish = who.joinRequests.shift();
    if (wish && random.chance(0.9)) return who.execute({ type: 'add', ...wish });
    const belongs = member.log.members.has(other.user);
    if (!belongs) return this.requestToJoin(other, who);
    if (random.chance(this.faults.remove) && member.peers.length > 1)
      return who.execute({ type: 'remove', user: other.user });
    if (random.chance(this.faults.transfer)) who.execute({ type: 'transfer', user: other.user });
  }

  /** Somebody says yes, in time or late. */
  private requestToJoin(user: MemberProcess, leader: MemberProcess): void {
    if (!leader.member) return;
    const { index, hash } = leader.member.log.position;
    const nonce = toBase64url(this.random.bytes(16));
    const said = { group: leader.group, by: user.user, device: user.device.publicKey };
    const value = { ...said, head: { index, hash }, nonce, at: this.now() };
    const consent = signObject('consent', value, user.device, fakePrimitives);
    this.checker.consents.set(consent.payload, user.user);
    const wish = { user: user.user, record: user.record, consent };
    const holders = this.processes.filter((one) => one === leader || this.random.chance(0.2));
    for (const one of holders) one.joinRequests.push(wish, ...(this.random.chance(0.3) ? [wish] : []));
  }

  private found(founder: string): Signed {
    const device = fakeKey(`device of ${founder}`);
    const identity = fakeKey(`identity of ${founder}`);
    const devices = [{ device: device.publicKey, exchange: device.publicKey, since: 0 }];
    const papers = { name: founder, version: 1, key: identity.publicKey, devices, previous: null, at: 0 };
    const record = signObject('record', papers, identity, fakePrimitives);
    const history = this.random.pick(['none', 'all', 'all', 3] as const);
    const policy = { deputies: [], history, join: 'ask' as const };
    const nonce = toBase64url(this.random.bytes(16));
    const op = { do: 'create' as const, name: 'lake', public: false, nonce, record, policy, cites: null };
    const entry: LogEntry = {
      group: null,
      index: 0,
      previous: null,
      term: 0,
      op,
      at: START_TIME,
      by: founder,
      device: device.publicKey,
    };
    return signObject('group', entry, device, fakePrimitives);
  }

  private drawByzantine(): ByzantineMember | null {
    const { byzantine: lies } = this.faults;
    if (lies === 'none') return null;
    const who = lies === 'leader' ? this.process(0) : this.random.pick(this.processes.slice(1));
    this.checker.byzantine.add(who.user);
    return new ByzantineMember(who, lies, this.random.fork('liar'), {
      send: (to, word) => this.transmitForged(who, to, word),
      counters: this.counters,
    });
  }

  private transmitForged(from: MemberProcess, to: string, word: GroupFrameBody): void {
    if (from.links.has(to)) this.network.transmit(from.user, to, word);
  }

  private process(nth: number): MemberProcess {
    const found = this.processes[nth];
    if (!found) throw new Error('nobody lives there');
    return found;
  }

  private every(ms: number, action: () => void): void {
    this.timeline.every(
      () => (this.goesOn ? (this.isHealed ? ms : this.random.between(ms / 2, ms * 1.5)) : null),
      action,
    );
  }

  private advance(ms: number): void {
    this.timeline.runUntil(this.timeline.now + ms, () => this.goesOn);
  }

  private count(effect: GroupEffect): void {
    if (effect.type === 'show') this.counters.add('shown');
    if (effect.type === 'warn') this.counters.add(effect.code);
    if (effect.type === 'state') this.counters.add(effect.state);
    if (effect.type === 'ended') this.counters.add(effect.why);
    if (effect.type === 'show' && effect.message.visibility === 'marked') this.counters.add('marked');
    if (effect.type === 'send' && effect.body.type === 'entries') this.countEntries(effect.body.entries);
  }

  private countEntries(entries: readonly Signed[]): void {
    for (const { payload } of entries) {
      const { op } = JSON.parse(payload) as LogEntry;
      this.counters.once(payload, op.do);
    }
  }

  /** Kept as it is: of most runs nobody wants to read a line. */
  private record(user: string, input: GroupInput, effects: readonly GroupEffect[]): void {
    if (this.trace.length > NOTES_MAX) this.trace.splice(0, NOTES_MAX / 2);
    if (input.type !== 'flush' || effects.length > 0) this.trace.push({ at: this.now(), user, input, effects });
  }

  private fail(violation: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }
}

/** Records are few and their proofs many: each is judged once. */
function remembered(): (signed: Signed) => DeviceRecord | null {
  const known = new Map<string, DeviceRecord | null>();
  return (signed) => {
    const name = signed.payload + signed.signature;
    const papers = known.get(name);
    if (papers !== undefined) return papers;
    const read = readRecord(signed, fakePrimitives);
    known.set(name, read);
    return read;
  };
}
