// Group members under the commands of a transcript: frames arrive at once, letters when their recipient is online, time
// passes only on command, and effects are written as sentences.

import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { EntryOp, GroupPolicy, LogEntry } from '../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { GroupEffect } from '../../../protocols/groups/member/member-io.js';
import { positionOf } from '../../../protocols/groups/log/applied-entry.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { MemberProcess, type ProcessHost } from '../../sim/groups/member-process.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { EntryLabels } from './entry-labels.js';
import { bothDirections, memberOf } from './group-processes.js';
import { bodyText, effectText, entryText, type Labels } from './group-text.js';

interface InFlight {
  readonly from: string;
  readonly to: string;
  readonly bodies: readonly GroupFrameBody[];
}

/** What was last written about a member. */
interface Snapshot {
  readonly ids: readonly string[];
  readonly ratified: number;
  readonly vote: string;
}

const START_TIME = 1_000_000;
const STEP_MS = 50;
const NONCE = 'A'.repeat(22);
const POLICY: GroupPolicy = { deputies: [], history: 'all', join: 'ask' };

export class GroupMembers implements ProcessHost, Labels {
  readonly dependencies = {
    primitives: fakePrimitives,
    readRecord: (signed: Signed) => readRecord(signed, fakePrimitives),
  };
  private clock = START_TIME;
  private group = '';
  private readonly processes = new Map<string, MemberProcess>();
  private readonly offline = new Set<string>();
  private frames: InFlight[] = [];
  private letters: InFlight[] = [];
  private readonly snapshots = new Map<string, Snapshot>();
  private readonly entryLabels = new EntryLabels();
  private showsHeartbeats = false;
  private prefix = '';
  private lines: string[] = [];

  /**
   * `found <founder> <others>`, `group <names>`: a group with these members, and processes without a group after `+`,
   * `<name> add|remove|transfer <name>`, `<name> leave`, `<name> send <text>`, `pass <ms>`, `offline|online <names>`,
   * `heartbeats on|off`, `forge <signer> policy <history> to <name>`: on top of the log of the receiver, `forge
   * <candidate> takeover <index> to <name>`: on top of this entry, with the votes of all its members.
   */
  run(command: string): readonly string[] {
    this.lines = [];
    const [verb = '', first = '', ...rest] = command.split(' ');
    if (verb === 'found') this.found([first, ...rest]);
    else if (verb === 'group') this.form([first, ...rest]);
    else if (verb === 'pass') this.pass(Number(first));
    else if (verb === 'offline') for (const name of [first, ...rest]) this.setOffline(name);
    else if (verb === 'online') for (const name of [first, ...rest]) this.offline.delete(name);
    else if (verb === 'heartbeats') this.showsHeartbeats = first === 'on';
    else if (verb === 'forge') this.forge(first, rest);
    else this.execute(this.get(verb), first, rest);
    this.settle();
    return this.lines;
  }

  now(): number {
    return this.clock;
  }

  shouldCrash(): boolean {
    return false;
  }

  crashed(): void {
    throw new Error('no process crashes here');
  }

  transmit({ user: from }: MemberProcess, { to, body }: Extract<GroupEffect, { type: 'send' }>): void {
    if (this.get(from).links.has(to)) this.frames.push({ from, to, bodies: [body] });
  }

  postLetter({ user: from }: MemberProcess, to: string, bodies: GroupFrameBody[]): void {
    this.letters.push({ from, to, bodies });
  }

  handled(process: MemberProcess, _: unknown, effects: readonly GroupEffect[]): void {
    const { user, member } = process;
    if (member) this.writeChanges(user, member);
    for (const effect of effects) this.writeEffect(process, effect);
  }

  device(key: string): string {
    for (const { user, device } of this.processes.values()) if (device.publicKey === key) return user;
    return 'an unknown device';
  }

  idOf({ payload }: Signed): string {
    return objectId('group', payload, fakePrimitives);
  }

  /** The index of an entry. A second entry at an index gets a prime. */
  entry(id: string): string {
    return this.entryLabels.of(id);
  }

  /** Writes only the result. */
  private form(names: readonly string[]): void {
    const end = names.includes('+') ? names.indexOf('+') : names.length;
    const [founder = '', ...others] = names.slice(0, end);
    this.found(names.filter((name) => name !== '+'));
    for (const name of others) {
      this.execute(this.get(founder), 'add', [name]);
      this.settle();
    }
    const { log } = memberOf(this.get(founder));
    this.lines = [`${founder} leads ${[...log.members.keys()].join(' ')}, entry ${log.ratified} is ratified`];
  }

  private found(names: readonly string[]): void {
    this.reset();
    const [founder = ''] = names;
    const { record, device } = new MemberProcess(founder, '', this);
    const op: EntryOp = {
      do: 'create',
      name: 'lake',
      public: false,
      nonce: NONCE,
      record,
      policy: POLICY,
      cites: null,
    };
    const position = { group: null, index: 0, previous: null, term: 0 };
    const entry: LogEntry = { ...position, op, at: this.clock, by: founder, device: device.publicKey };
    const first = signObject('group', entry, device, fakePrimitives);
    this.group = objectId('group', first.payload, fakePrimitives);
    for (const name of names) this.processes.set(name, new MemberProcess(name, this.group, this));
    this.get(founder).begin(first);
    this.get(founder).put({ type: 'flush' });
  }

  private reset(): void {
    for (const map of [this.processes, this.offline, this.snapshots, this.entryLabels]) map.clear();
    this.clock = START_TIME;
    this.frames = [];
    this.letters = [];
  }

  private execute(process: MemberProcess, verb: string, rest: readonly string[]): void {
    const user = rest[0] ?? '';
    if (verb === 'send') process.execute({ type: 'broadcast', text: rest.join(' ') });
    else if (verb === 'add') process.execute({ type: 'add', user, ...this.joinRequest(user, process) });
    else if (verb === 'remove') process.execute({ type: 'remove', user });
    else if (verb === 'transfer') process.execute({ type: 'transfer', user });
    else if (verb === 'leave') process.execute({ type: 'leave', byVote: true });
    else throw new Error(`unknown command: ${process.user} ${verb}`);
  }

  /** The user accepts an invitation: it signs a consent for the present head. */
  private joinRequest(user: string, leader: MemberProcess): { record: Signed; consent: Signed } {
    const { record, device, identity } = this.get(user);
    const { index, hash } = memberOf(leader).log.position;
    const author = { group: this.group, by: user, device: device.publicKey, key: identity.publicKey };
    const consent = { ...author, head: { index, hash }, nonce: NONCE, at: this.clock };
    return { record, consent: signObject('consent', consent, device, fakePrimitives) };
  }

  private forge(by: string, [verb, what = '', , to = '']: readonly string[]): void {
    const { log } = memberOf(this.get(to));
    const below = verb === 'takeover' ? log.at(Number(what)) : log.head;
    if (below === null) throw new Error(`${to} has no entry ${what}`);
    const { index, term, hash } = positionOf(below);
    const isTakeover = verb === 'takeover';
    const op: EntryOp = isTakeover
      ? { do: 'takeover', votes: this.forgeVotes(by, below) }
      : { do: 'policy', policy: { ...POLICY, history: what === 'none' ? 'none' : 'all' } };
    const position = { group: this.group, index: index + 1, previous: hash, term: isTakeover ? term + 1 : term };
    const { device } = this.get(by);
    const entry: LogEntry = { ...position, op, at: this.clock, by, device: device.publicKey };
    const signed = signObject('group', entry, device, fakePrimitives);
    this.entryLabels.add(this.idOf(signed), index + 1);
    const body: GroupFrameBody = { type: 'entries', from: index + 1, entries: [signed], proofs: [], records: [] };
    this.frames.push({ from: by, to, bodies: [body] });
  }

  private forgeVotes(candidate: string, below: GroupMember['log']['head']): Signed[] {
    const head = positionOf(below);
    return [...below.members.keys()].map((by) => {
      const { device } = this.get(by);
      const author = { group: this.group, by, device: device.publicKey };
      return signObject('vote', { ...author, term: head.term + 1, candidate, head }, device, fakePrimitives);
    });
  }

  private pass(ms: number): void {
    const start = this.clock;
    for (const end = start + ms; this.clock < end;) {
      this.clock = Math.min(end, this.clock + STEP_MS);
      this.prefix = `${((this.clock - START_TIME) / 1_000).toFixed(2)} s: `;
      for (const process of this.processes.values()) if (!this.offline.has(process.user)) process.wake();
      this.settle();
    }
    this.prefix = '';
  }

  private setOffline(name: string): void {
    for (const other of [...this.get(name).links]) this.unlink(name, other);
    this.offline.add(name);
  }

  /** Delivers frames and letters and opens links until nothing is left to do. */
  private settle(): void {
    for (let isBusy = true; isBusy;) {
      for (let next = this.frames.shift(); next; next = this.frames.shift()) {
        this.get(next.to).receive(next.from, next.bodies);
      }
      const letter = this.letters.find(({ to }) => !this.offline.has(to));
      this.letters = this.letters.filter((each) => each !== letter);
      if (letter) this.get(letter.to).receive(letter.from, letter.bodies);
      else this.updateLinks();
      isBusy = letter !== undefined || this.frames.length > 0;
    }
  }

  /** Members that are online have links to each other. */
  private updateLinks(): void {
    for (const [a, one] of this.processes) {
      for (const [b, other] of this.processes) {
        if (a >= b || this.offline.has(a) || this.offline.has(b) || !one.member || !other.member) continue;
        const isWanted = one.member.isPeer(b) || other.member.isPeer(a);
        if (isWanted && !one.links.has(b)) this.link(a, b);
        if (!isWanted && one.links.has(b)) this.unlink(a, b);
      }
    }
  }

  private link(a: string, b: string): void {
    for (const [one, other] of bothDirections(a, b)) this.get(one).links.add(other);
    for (const [one, other] of bothDirections(a, b)) this.get(one).put({ type: 'linked', user: other });
  }

  private unlink(a: string, b: string): void {
    for (const [one, other] of bothDirections(a, b)) this.get(one).links.delete(other);
    for (const [one, other] of bothDirections(a, b)) this.get(one).put({ type: 'unlinked', user: other });
  }

  /** What changed on the disk of a member: its log, its ratified index, its vote. */
  private writeChanges(user: string, { log, memory }: GroupMember): void {
    const entries = log.entriesFrom(0);
    const before = this.snapshots.get(user) ?? { ids: [], ratified: 0, vote: '' };
    const kept = before.ids.findIndex((id, index) => entries[index]?.id !== id);
    const shared = kept < 0 ? before.ids.length : kept;
    const dropped = before.ids.slice(shared).map((id) => this.entry(id));
    if (dropped.length > 0) this.write(user, `drops entry ${dropped.join(' ')}`);
    for (const { id, entry, signed } of entries.slice(shared)) {
      this.entryLabels.add(id, entry.index);
      this.write(user, `appends ${entryText(signed, this)}`);
    }
    if (log.ratified > before.ratified)
      this.write(user, `has ratified entry ${this.entry(log.at(log.ratified)?.id ?? '')}`);
    const vote = memory.vote === null ? '' : `${memory.vote.candidate} in term ${memory.vote.term}`;
    if (vote !== before.vote) this.write(user, `writes to disk: vote for ${vote}`);
    this.snapshots.set(user, { ids: entries.map(({ id }) => id), ratified: log.ratified, vote });
  }

  private writeEffect(process: MemberProcess, effect: GroupEffect): void {
    if (effect.type === 'send') return this.writeFrame(process, effect);
    if (effect.type === 'state') {
      const own = process.store.messagesFrom(process.device.publicKey, 0, Infinity);
      const message = own.find(({ id }) => id === effect.id);
      return this.write(process.user, `message ${message?.seq ?? '?'} is ${effect.state}`);
    }
    const text = effectText(effect);
    if (text !== null) this.write(process.user, this.entryLabels.applyTo(text));
  }

  private writeFrame({ user, links }: MemberProcess, effect: Extract<GroupEffect, { type: 'send' }>): void {
    const { to, body } = effect;
    const isHeartbeat = body.type === 'sync' || (body.type === 'statement' && body.statement === 'heartbeat');
    if (isHeartbeat && !this.showsHeartbeats) return;
    const isLetter = effect.isDurable && !links.has(to);
    this.write(user, `to ${to}${isLetter ? ' by letter' : ''}: ${bodyText(body, this)}`);
  }

  private write(user: string, text: string): void {
    this.lines.push(`${this.prefix}${user} ${text}`);
  }

  private get(name: string): MemberProcess {
    const process = this.processes.get(name);
    if (!process) throw new Error(`no process is called ${name}`);
    return process;
  }
}
