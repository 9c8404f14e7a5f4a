// One simulated run of a group: drawn from one seed, troubled, then healed, and judged from beginning to end.

import { readRecord } from '../../../protocols/directory/judge.js';
import type { Entry } from '../../../protocols/groups/entry.js';
import type { GroupWord } from '../../../protocols/groups/frames.js';
import type { GroupEffect, GroupInput } from '../../../protocols/groups/member/desk.js';
import type { Papers, Tools } from '../../../protocols/groups/log/roster.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import { Random } from '../kernel/random.js';
import { START_TIME, Timeline } from '../kernel/timeline.js';
import { GroupChecker } from './checker.js';
import { judgeGroupEnd } from './end.js';
import { drawGroupTroubles, type GroupTroubles } from './troubles.js';
import { Liar } from './liar.js';
import { Streets } from './streets.js';
import { lineOf, type Note } from './note.js';
import { GroupTally } from './tally.js';
import { Resident, SILENCE_MS, type Town } from './resident.js';

export interface GroupReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tally: GroupTally;
  readonly trace: () => readonly string[];
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'karl', 'lena'];
const VIOLATIONS_MAX = 3;
const TURNS_MAX = 60_000;
const NOTES_MAX = 4_000;
/** After trouble has ended, all must be as it should be within this time. */
const SETTLING_MS = 60 * SILENCE_MS;
const QUIET_S = 8;

export class GroupWorld implements Town {
  readonly tools: Tools;
  readonly tally = new GroupTally();
  private readonly violations: string[] = [];
  private readonly notes: Note[] = [];
  private readonly timeline = new Timeline();
  private readonly random: Random;
  private readonly troubles: GroupTroubles;
  private readonly checker: GroupChecker;
  private readonly residents: Resident[];
  private readonly founding: Signed;
  private readonly liar: Liar | null;
  private readonly streets: Streets;
  private isHealed = false;
  private turns = 0;
  private spoken = 0;

  constructor(private readonly seed: number) {
    this.random = new Random(seed);
    this.troubles = drawGroupTroubles(this.random.fork('troubles'), NAMES.length);
    this.checker = new GroupChecker((violation) => this.fail(violation));
    this.tools = { primitives: fakePrimitives, readRecord: remembered() };
    const names = NAMES.slice(0, this.troubles.users);
    this.founding = this.found(names[0] ?? '');
    const group = objectId('group', this.founding.payload, fakePrimitives);
    const { timeline, random, troubles, tally } = this;
    this.streets = new Streets({ timeline, random, troubles, tally, wanted: (who) => this.wanted(who) });
    this.residents = names.map((name) => new Resident(name, group, this));
    this.streets.residents = this.residents;
    this.liar = this.drawLiar();
  }

  run(): GroupReport {
    this.resident(0).begin(this.founding);
    this.every(this.troubles.paceMs, () => this.live());
    this.every(400, () => this.streets.postman());
    this.every(150, () => this.streets.reach());
    this.every(50, () => this.residents.forEach((who) => who.wake()));
    this.timeline.runUntil(START_TIME + this.troubles.troubledMs, () => this.goesOn);
    this.heal();
    const end = this.timeline.now + SETTLING_MS;
    // Quiet for longer than anything is held back: or it only looked settled.
    for (let quiet = 0; this.timeline.now < end && this.goesOn && quiet < QUIET_S; this.pass(1_000)) {
      quiet = this.unsettled() === null ? quiet + 1 : 0;
    }
    const unsettled = this.goesOn ? this.unsettled() : null;
    // A leader that lies can leave its group without a majority for anything: then only safety counts.
    if (unsettled !== null && this.troubles.lies !== 'leader') this.fail(unsettled);
    const { seed, violations, tally } = this;
    return { seed, violations, tally, trace: () => this.notes.map(lineOf) };
  }

  now(): number {
    return Math.floor(this.timeline.now);
  }

  crashesNow(who: Resident): boolean {
    if (this.isHealed || this.liar?.user === who.user || !this.random.chance(this.troubles.crashAtEffect)) return false;
    this.tally.add('crashes at effects');
    return true;
  }

  carry(from: Resident, { to, word }: Extract<GroupEffect, { kind: 'send' }>): void {
    const words = this.liar?.user === from.user ? this.liar.twisted(to, word) : [word];
    for (const each of words) if (from.links.has(to)) this.streets.transmit(from.user, to, each);
  }

  leave(from: Resident, to: string, words: GroupWord[]): void {
    this.streets.leave(from.user, to, words);
  }

  happened(who: Resident, input: GroupInput, effects: readonly GroupEffect[]): void {
    this.turns += 1;
    this.note(who.user, input, effects);
    for (const effect of effects) this.count(effect);
    this.checker.looked(who, effects);
  }

  crashed(who: Resident): void {
    this.tally.add('crashes');
    for (const other of [...who.links]) this.streets.cut(who.user, other);
    this.timeline.after(this.isHealed ? 1 : this.random.skewed(10, this.troubles.downMs), () => this.revive(who));
  }

  /** A liar wants to be heard by everybody. */
  private wanted(who: Resident): readonly string[] {
    const all = who === this.liar?.who ? this.residents : (who.member?.peers ?? []);
    return all.map(({ user }) => user);
  }

  private revive(who: Resident): void {
    if (!who.isUp) who.start();
  }

  private get goesOn(): boolean {
    if (this.turns > TURNS_MAX) this.fail(`[GROUP-32] more than ${TURNS_MAX} turns`);
    return this.violations.length === 0;
  }

  private heal(): void {
    this.isHealed = true;
    this.streets.heal();
    this.liar?.rest();
    for (const who of this.residents) this.revive(who);
  }

  private unsettled(): string | null {
    return judgeGroupEnd(
      this.residents.filter(({ user }) => user !== this.liar?.user),
      this.checker,
    );
  }

  /** What people do, now and then. */
  private live(): void {
    if (this.isHealed) return;
    const { random, troubles } = this;
    const who = random.pick(this.residents);
    if (random.chance(troubles.crash)) return who.isUp ? who.crash() : undefined;
    if (random.chance(troubles.partition)) return this.streets.divide();
    if (random.chance(troubles.cut)) return this.streets.cut(who.user, random.pick(this.residents).user);
    this.liar?.act(this.residents);
    if (random.chance(troubles.talk)) return this.say(who);
    this.administer(who);
  }

  private say(who: Resident): void {
    if (who.member?.me === null || who.member === null) return;
    this.spoken += 1;
    who.act({ do: 'say', text: `${who.user} ${this.spoken}` });
    this.tally.add('said');
  }

  private administer(who: Resident): void {
    const { random } = this;
    const { member } = who;
    if (member === null || !who.isUp) return;
    const other = random.pick(this.residents);
    if (!member.isLeader) {
      if (member.me !== null && random.chance(this.troubles.leave)) who.act({ do: 'leave', byVote: true });
      return;
    }
    const wish = who.wishes.shift();
    if (wish && random.chance(0.9)) return who.act({ do: 'add', ...wish });
    const belongs = member.chain.members.has(other.user);
    if (!belongs) return this.ask(other, who);
    if (random.chance(this.troubles.remove) && member.peers.length > 1)
      return who.act({ do: 'remove', user: other.user });
    if (random.chance(this.troubles.transfer)) who.act({ do: 'transfer', user: other.user });
  }

  /** Somebody says yes, in time or late. */
  private ask(user: Resident, leader: Resident): void {
    if (!leader.member) return;
    const { index, hash } = leader.member.chain.place;
    const nonce = toBase64url(this.random.bytes(16));
    const said = { group: leader.group, by: user.user, device: user.device.publicKey };
    const value = { ...said, head: { index, hash }, nonce, at: this.now() };
    const consent = signObject('consent', value, user.device, fakePrimitives);
    this.checker.consents.set(consent.payload, user.user);
    const wish = { user: user.user, record: user.record, consent };
    const holders = this.residents.filter((one) => one === leader || this.random.chance(0.2));
    for (const one of holders) one.wishes.push(wish, ...(this.random.chance(0.3) ? [wish] : []));
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
    const entry: Entry = {
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

  private drawLiar(): Liar | null {
    const { lies } = this.troubles;
    if (lies === 'none') return null;
    const who = lies === 'leader' ? this.resident(0) : this.random.pick(this.residents.slice(1));
    this.checker.liars.add(who.user);
    return new Liar(who, lies, this.random.fork('liar'), {
      send: (to, word) => this.lie(who, to, word),
      tally: this.tally,
    });
  }

  private lie(from: Resident, to: string, word: GroupWord): void {
    if (from.links.has(to)) this.streets.transmit(from.user, to, word);
  }

  private resident(nth: number): Resident {
    const found = this.residents[nth];
    if (!found) throw new Error('nobody lives there');
    return found;
  }

  private every(ms: number, action: () => void): void {
    this.timeline.every(
      () => (this.goesOn ? (this.isHealed ? ms : this.random.between(ms / 2, ms * 1.5)) : null),
      action,
    );
  }

  private pass(ms: number): void {
    this.timeline.runUntil(this.timeline.now + ms, () => this.goesOn);
  }

  private count(effect: GroupEffect): void {
    if (effect.kind === 'show') this.tally.add('shown');
    if (effect.kind === 'warn') this.tally.add(effect.code);
    if (effect.kind === 'state') this.tally.add(effect.state);
    if (effect.kind === 'ended') this.tally.add(effect.why);
    if (effect.kind === 'show' && effect.message.sight === 'marked') this.tally.add('marked');
    if (effect.kind === 'send' && effect.word.says === 'entries') this.countEntries(effect.word.entries);
  }

  private countEntries(entries: readonly Signed[]): void {
    for (const { payload } of entries) {
      const { op } = JSON.parse(payload) as Entry;
      this.tally.once(payload, op.do);
    }
  }

  /** Kept as it is: of most runs nobody wants to read a line. */
  private note(user: string, input: GroupInput, effects: readonly GroupEffect[]): void {
    if (this.notes.length > NOTES_MAX) this.notes.splice(0, NOTES_MAX / 2);
    if (input.kind !== 'turn_over' || effects.length > 0) this.notes.push({ at: this.now(), user, input, effects });
  }

  private fail(violation: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }
}

/** Records are few and their proofs many: each is judged once. */
function remembered(): (signed: Signed) => Papers | null {
  const known = new Map<string, Papers | null>();
  return (signed) => {
    const name = signed.payload + signed.signature;
    const papers = known.get(name);
    if (papers !== undefined) return papers;
    const read = readRecord(signed, fakePrimitives);
    known.set(name, read);
    return read;
  };
}
