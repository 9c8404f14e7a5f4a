// One simulated run of a group from one seed: a phase with faults, then a phase without, in which the group must
// converge. Every step is checked.

import type { LogEntry } from '../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import type { LogDependencies } from '../../../protocols/groups/log/device-roster.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { randomId } from '../../../protocols/kit/random-id.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';
import { Random } from '../kernel/random.js';
import { START_TIME, Timeline } from '../kernel/timeline.js';
import { GroupChecker } from './checker.js';
import { convergenceViolation } from './convergence.js';
import { firstEntry } from './first-entry.js';
import { drawGroupFaults, type GroupFaults } from './group-faults.js';
import { ByzantineMember } from './byzantine/byzantine-member.js';
import { GroupNetwork } from './group-network.js';
import { traceLine, type TraceRecord } from './trace-line.js';
import { EventCounters } from '../kernel/event-counters.js';
import { MemberProcess, SILENCE_MS, type ProcessHost } from './member-process.js';
import { cachedRecordReader } from './record-reader.js';

export interface GroupReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counters: EventCounters;
  readonly trace: () => readonly string[];
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'karl', 'lena'];
const VIOLATIONS_MAX = 3;
const INPUTS_MAX = 60_000;
const TRACE_MAX = 4_000;
/** The group must converge within this time after the last fault. */
const CONVERGENCE_MS = 60 * SILENCE_MS;
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
  private inputs = 0;
  private messageCount = 0;

  constructor(private readonly seed: number) {
    this.random = new Random(seed);
    this.faults = drawGroupFaults(this.random.fork('troubles'), NAMES.length);
    this.checker = new GroupChecker((violation) => this.fail(violation));
    this.dependencies = { primitives: fakePrimitives, readRecord: cachedRecordReader() };
    const names = NAMES.slice(0, this.faults.users);
    this.founding = firstEntry(names[0] ?? '', this.random);
    const group = objectId('group', this.founding.payload, fakePrimitives);
    const { timeline, random, faults, counters } = this;
    this.network = new GroupNetwork({
      timeline,
      random,
      faults,
      counters,
      wanted: (process) => this.wanted(process),
    });
    this.processes = names.map((name) => new MemberProcess(name, group, this));
    this.network.processes = this.processes;
    for (const { user, device } of this.processes) this.checker.devices.set(user, new Set([device.publicKey]));
    this.byzantine = this.drawByzantine();
  }

  run(): GroupReport {
    this.processAt(0).begin(this.founding);
    this.every(this.faults.paceMs, () => this.actAtRandom());
    this.every(400, () => this.network.deliverLetters());
    this.every(150, () => this.network.connectWanted());
    this.every(50, () => this.processes.forEach((process) => process.wake()));
    this.timeline.runUntil(START_TIME + this.faults.faultyMs, () => this.isRunning);
    this.heal();
    const end = this.timeline.now + CONVERGENCE_MS;
    // Converged for longer than a message is held: else a held message could still change the state.
    for (let quiet = 0; this.timeline.now < end && this.isRunning && quiet < QUIET_S; this.advance(1_000)) {
      quiet = this.unsettled() === null ? quiet + 1 : 0;
    }
    const unsettled = this.isRunning ? this.unsettled() : null;
    // A byzantine leader can leave its group without any majority: then only safety is required.
    if (unsettled !== null && this.faults.byzantine !== 'leader') this.fail(unsettled);
    const { seed, violations, counters } = this;
    return { seed, violations, counters, trace: () => this.trace.map(traceLine) };
  }

  now(): number {
    return Math.floor(this.timeline.now);
  }

  shouldCrash(process: MemberProcess): boolean {
    if (this.isHealed || this.byzantine?.user === process.user || !this.random.chance(this.faults.crashAtEffect))
      return false;
    this.counters.add('crashes at effects');
    return true;
  }

  transmit(from: MemberProcess, { to, body }: Extract<GroupEffect, { type: 'send' }>): void {
    const bodies = this.byzantine?.user === from.user ? this.byzantine.tamper(to, body) : [body];
    for (const each of bodies) if (from.links.has(to)) this.network.transmit(from.user, to, each);
  }

  postLetter(from: MemberProcess, to: string, bodies: GroupFrameBody[]): void {
    this.network.postLetter(from.user, to, bodies);
  }

  handled(process: MemberProcess, input: GroupInput, effects: readonly GroupEffect[]): void {
    this.inputs += 1;
    this.record(process.user, input, effects);
    for (const effect of effects) this.count(effect);
    this.checker.check(process, effects);
  }

  crashed(process: MemberProcess): void {
    this.counters.add('crashes');
    for (const other of [...process.links]) this.network.cut(process.user, other);
    this.timeline.after(this.isHealed ? 1 : this.random.skewed(10, this.faults.downMs), () => this.revive(process));
  }

  /** A byzantine member links to every process. */
  private wanted(process: MemberProcess): readonly string[] {
    const all = process === this.byzantine?.process ? this.processes : (process.member?.peers ?? []);
    return all.map(({ user }) => user);
  }

  private revive(process: MemberProcess): void {
    if (!process.isUp) process.start();
  }

  private get isRunning(): boolean {
    if (this.inputs > INPUTS_MAX) this.fail(`[GROUP-32] more than ${INPUTS_MAX} inputs`);
    return this.violations.length === 0;
  }

  private heal(): void {
    this.isHealed = true;
    this.network.heal();
    this.byzantine?.stop();
    for (const process of this.processes) this.revive(process);
  }

  private unsettled(): string | null {
    return convergenceViolation(
      this.processes.filter(({ user }) => user !== this.byzantine?.user),
      this.checker,
    );
  }

  /** One random action of a user, or one fault. */
  private actAtRandom(): void {
    if (this.isHealed) return;
    const { random, faults } = this;
    const process = random.pick(this.processes);
    if (random.chance(faults.crash)) return process.isUp ? process.crash() : undefined;
    if (random.chance(faults.partition)) return this.network.partition();
    if (random.chance(faults.cut)) return this.network.cut(process.user, random.pick(this.processes).user);
    if (faults.renew > 0 && random.chance(faults.renew)) return this.renew(process);
    this.byzantine?.act(this.processes);
    if (random.chance(faults.talk)) return this.broadcast(process);
    this.administer(process);
  }

  /** A user replaces its device. Some members learn of it from the name server. */
  private renew(process: MemberProcess): void {
    if (!process.isUp || process.member === null || process === this.byzantine?.process) return;
    for (const other of [...process.links]) this.network.cut(process.user, other);
    this.byzantine?.steal(process);
    process.renew();
    this.checker.devices.get(process.user)?.add(process.device.publicKey);
    this.counters.add('replaced devices');
    const { record } = process;
    for (const other of this.processes) if (this.random.chance(0.2)) other.put({ type: 'record', signed: record });
  }

  private broadcast(process: MemberProcess): void {
    if (process.member?.me === null || process.member === null) return;
    this.messageCount += 1;
    process.execute({ type: 'broadcast', text: `${process.user} ${this.messageCount}` });
    this.counters.add('sent');
  }

  private administer(process: MemberProcess): void {
    const { random } = this;
    const { member } = process;
    if (member === null || !process.isUp) return;
    const other = random.pick(this.processes);
    if (!member.isLeader) {
      if (member.me !== null && random.chance(this.faults.leave)) process.execute({ type: 'leave', byVote: true });
      return;
    }
    const request = process.joinRequests.shift();
    if (request && random.chance(0.9)) return process.execute({ type: 'add', ...request });
    if (!member.log.members.has(other.user)) return this.requestToJoin(other, process);
    if (random.chance(this.faults.remove) && member.peers.length > 1)
      return process.execute({ type: 'remove', user: other.user });
    if (random.chance(this.faults.transfer)) process.execute({ type: 'transfer', user: other.user });
  }

  /** A user signs a consent. Some copies reach a leader late or twice. */
  private requestToJoin(user: MemberProcess, leader: MemberProcess): void {
    if (!leader.member) return;
    const { index, hash } = leader.member.log.position;
    const nonce = randomId(this.random);
    const key = user.identity.publicKey;
    const author = { group: leader.group, by: user.user, device: user.device.publicKey, key };
    const value = { ...author, head: { index, hash }, nonce, at: this.now() };
    const consent = signObject('consent', value, user.device, fakePrimitives);
    this.checker.consents.set(consent.payload, user.user);
    const request = { user: user.user, record: user.record, consent };
    const holders = this.processes.filter((one) => one === leader || this.random.chance(0.2));
    for (const one of holders) one.joinRequests.push(request, ...(this.random.chance(0.3) ? [request] : []));
  }

  private drawByzantine(): ByzantineMember | null {
    const { byzantine: role } = this.faults;
    if (role === 'none') return null;
    const process = role === 'leader' ? this.processAt(0) : this.random.pick(this.processes.slice(1));
    this.checker.byzantine.add(process.user);
    return new ByzantineMember(process, role, this.random.fork('liar'), {
      send: (to, body) => this.transmitForged(process, to, body),
      consented: (consent, user) => void this.checker.consents.set(consent.payload, user),
      counters: this.counters,
    });
  }

  private transmitForged(from: MemberProcess, to: string, body: GroupFrameBody): void {
    if (from.links.has(to)) this.network.transmit(from.user, to, body);
  }

  private processAt(nth: number): MemberProcess {
    const found = this.processes[nth];
    if (!found) throw new Error('there is no such process');
    return found;
  }

  private every(ms: number, action: () => void): void {
    this.timeline.every(
      () => (this.isRunning ? (this.isHealed ? ms : this.random.between(ms / 2, ms * 1.5)) : null),
      action,
    );
  }

  private advance(ms: number): void {
    this.timeline.runUntil(this.timeline.now + ms, () => this.isRunning);
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

  /** Stored unformatted: most traces are never read. */
  private record(user: string, input: GroupInput, effects: readonly GroupEffect[]): void {
    if (this.trace.length > TRACE_MAX) this.trace.splice(0, TRACE_MAX / 2);
    if (input.type !== 'flush' || effects.length > 0) this.trace.push({ at: this.now(), user, input, effects });
  }

  private fail(violation: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }
}
