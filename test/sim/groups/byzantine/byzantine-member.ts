// A byzantine member: a leader that equivocates, a member that forges statements, or a removed member that goes on
// sending.

import type { LogEntry } from '../../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../../protocols/groups/group-message.js';
import { objectId, signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakePrimitives } from '../../kernel/fake-primitives.js';
import type { Random } from '../../kernel/random.js';
import { MadeUpPerson } from './made-up-person.js';
import { StolenDevice } from './stolen-device.js';
import type { MemberProcess } from '../member-process.js';
import type { EventCounters } from '../../kernel/event-counters.js';

interface ByzantineOptions {
  send(to: string, body: GroupFrameBody): void;
  /** A consent was signed in the name of a user. */
  consented(consent: Signed, user: string): void;
  readonly counters: EventCounters;
}

export class ByzantineMember {
  private isStopped = false;
  private readonly stolen: StolenDevice[] = [];
  private received: Signed[] = [];

  constructor(
    readonly process: MemberProcess,
    private readonly role: 'leader' | 'member' | 'removed',
    private readonly random: Random,
    private readonly options: ByzantineOptions,
  ) {}

  get user(): string {
    return this.process.user;
  }

  stop(): void {
    this.isStopped = true;
  }

  /** The frames that leave instead of the one that the machine sends. */
  tamper(_to: string, body: GroupFrameBody): GroupFrameBody[] {
    if (body.type === 'messages') this.received.push(...body.messages.slice(0, 2));
    if (this.isStopped || !this.random.chance(0.15)) return [body];
    this.options.counters.add('tampered frames');
    if (body.type === 'acknowledgement')
      return [{ ...body, have: body.have.map((each) => ({ ...each, seq: each.seq + 3 })) }];
    if (body.type === 'messages' && this.role !== 'leader')
      return [{ ...body, messages: body.messages.map((each) => this.otherText(each)) }];
    return this.random.chance(0.5) ? [] : [body, body];
  }

  /** Takes the keys of a device that is about to be replaced. */
  steal(process: MemberProcess): void {
    this.stolen.push(new StolenDevice(process));
  }

  /** Signs with a replaced device: messages, and statements that could give its user the lead or a vote. */
  private useStolen(others: readonly MemberProcess[]): void {
    const { member } = this.process;
    if (member === null || this.stolen.length === 0) return;
    const stolen = this.random.pick(this.stolen);
    const bodies = stolen.forgeries(member.log);
    for (const { user } of others) this.options.send(user, this.random.pick(bodies));
    this.options.counters.add('stolen devices used');
  }

  /** A byzantine action of the role, with some probability. */
  act(processes: readonly MemberProcess[]): void {
    const { member } = this.process;
    if (this.isStopped || member === null || !this.process.isUp) return;
    const others = processes.filter((process) => process !== this.process);
    if (this.stolen.length > 0 && this.random.chance(0.2)) this.useStolen(others);
    if (this.role === 'leader' && member.isLeader && this.random.chance(0.05)) this.addWithoutConsent(others);
    else if (this.role === 'leader' && member.isLeader && this.random.chance(0.05)) this.addMadeUp(others);
    else if (this.role === 'leader' && member.isLeader && this.random.chance(0.1)) this.equivocate(others);
    if (this.role === 'member' && this.random.chance(0.2)) this.forgeAuthority(others);
    if (this.role === 'member' && this.random.chance(0.1)) this.askForMadeUp(others);
    if (this.role === 'removed' && member.me === null) this.actAfterRemoval(others);
  }

  /** Adds a user with a consent that the byzantine leader signs itself. */
  private addWithoutConsent(others: readonly MemberProcess[]): void {
    const { member } = this.process;
    const victim = others.find(({ user }) => member && !member.log.members.has(user));
    if (!member || !victim) return;
    const { index, hash } = member.log.position;
    const key = victim.identity.publicKey;
    const author = { group: this.process.group, by: victim.user, device: this.process.device.publicKey, key };
    const value = { ...author, head: { index, hash }, nonce: 'A'.repeat(22), at: 1 };
    const consent = signObject('consent', value, this.process.device, fakePrimitives);
    const signed = this.entry({ do: 'add', user: victim.user, key, record: victim.record, consent });
    for (const { user } of others)
      this.options.send(user, { type: 'entries', from: index + 1, entries: [signed], proofs: [], records: [] });
    this.options.counters.add('forged consents');
  }

  /** Adds a person with made-up keys under the name of a user who is no member; the person then writes. */
  private addMadeUp(others: readonly MemberProcess[]): void {
    const { member, group } = this.process;
    const victim = others.find(({ user }) => member && !member.log.members.has(user));
    if (!member || !victim) return;
    const person = new MadeUpPerson(victim.user, member.log);
    this.options.consented(person.consent, victim.user);
    const { key, record, consent } = person;
    this.process.put({ type: 'record', signed: record });
    const signed = this.entry({ do: 'add', user: victim.user, key, record, consent });
    const entries: GroupFrameBody = {
      type: 'entries',
      from: member.log.position.index + 1,
      entries: [signed],
      proofs: [],
      records: [],
    };
    this.process.put({ type: 'frame', from: this.user, key: this.process.identity.publicKey, body: entries });
    const epoch = {
      index: entries.from,
      term: member.log.term,
      hash: objectId('group', signed.payload, fakePrimitives),
    };
    const message = person.message(group, epoch);
    for (const { user } of others) {
      this.options.send(user, entries);
      this.options.send(user, { type: 'messages', messages: [message], more: false });
    }
    this.options.counters.add('made-up members');
  }

  /** Asks honest members to add a person with made-up keys. */
  private askForMadeUp(others: readonly MemberProcess[]): void {
    const { member } = this.process;
    const victim = others.find(({ user }) => member && !member.log.members.has(user));
    if (!member || !victim) return;
    const { record, consent } = new MadeUpPerson(victim.user, member.log);
    this.options.consented(consent, victim.user);
    for (const process of others) process.joinRequests.unshift({ user: victim.user, record, consent });
    this.options.counters.add('made-up requests');
  }

  /** Sends two entries for one index, each to some members. */
  private equivocate(others: readonly MemberProcess[]): void {
    const { member } = this.process;
    if (!member || member.peers.length < 2) return;
    const victims = this.random.chance(0.5) ? member.peers.slice(0, 2) : member.peers.slice(-2);
    const entries = victims.map(({ user }) => this.entry({ do: 'remove', user, cut: [] }));
    others.forEach(({ user }, nth) => {
      const signed = entries[nth % entries.length];
      if (!signed) return;
      const from = member.log.position.index + 1;
      this.options.send(user, { type: 'entries', from, entries: [signed], proofs: [], records: [] });
      this.options.send(user, { type: 'statement', statement: 'adopted', signed: this.adopted(signed, from) });
    });
    this.options.counters.add('equivocations');
  }

  /** An `adopted` statement for any entry. */
  private adopted(entry: Signed, index: number): Signed {
    const { group, device, member } = this.process;
    const position = { index, term: member?.log.term ?? 0, hash: objectId('group', entry.payload, fakePrimitives) };
    const statement = { group, by: this.user, device: device.publicKey, ...position };
    return signObject('adopted', statement, device, fakePrimitives);
  }

  /** Forged votes, vote requests, takeovers, removals and `adopted` statements. */
  private forgeAuthority(others: readonly MemberProcess[]): void {
    const { member } = this.process;
    if (!member) return;
    const to = this.random.pick(others).user;
    const term = member.log.term + this.random.whole(0, 3);
    const vote = {
      group: this.process.group,
      by: this.user,
      device: this.process.device.publicKey,
      term: Math.max(term, 1),
      candidate: to,
      head: member.log.position,
    };
    const signed = signObject('vote', vote, this.process.device, fakePrimitives);
    this.options.send(to, { type: 'statement', statement: 'vote', signed });
    this.options.send(to, {
      type: 'vote_request',
      term: Math.max(term, 1),
      head: { ...member.log.position, index: member.log.position.index + 5 },
    });
    const takeover = this.entry({ do: 'takeover', votes: [signed] }, Math.max(term, 1));
    this.options.send(to, {
      type: 'entries',
      from: member.log.position.index + 1,
      entries: [takeover],
      proofs: [],
      records: [],
    });
    const removal = this.entry({ do: 'remove', user: to, cut: [] });
    this.options.send(to, {
      type: 'entries',
      from: member.log.position.index + 1,
      entries: [removal],
      proofs: [],
      records: [],
    });
    const adopted = signObject(
      'adopted',
      {
        group: this.process.group,
        by: this.user,
        device: this.process.device.publicKey,
        ...member.log.position,
        hash: this.process.group,
      },
      this.process.device,
      fakePrimitives,
    );
    this.options.send(to, { type: 'statement', statement: 'adopted', signed: adopted });
    this.options.counters.add('forged statements');
  }

  /** Requests messages, replays received ones and sends a new one. */
  private actAfterRemoval(others: readonly MemberProcess[]): void {
    const { member } = this.process;
    if (!member) return;
    const to = this.random.pick(others).user;
    const last = this.process.store.messagesFrom(this.process.device.publicKey, 0, 1_000).at(-1);
    this.options.send(to, { type: 'message_request', have: [], past: false, skip: [] });
    this.options.send(to, { type: 'messages', messages: this.received.slice(-5), more: false });
    if (last) {
      const before = JSON.parse(last.signed.payload) as GroupMessage;
      const next = { ...before, seq: before.seq + 1, previous: last.id, text: `${this.user} is still here` };
      const signed = signObject('group_message', next, this.process.device, fakePrimitives);
      this.options.send(to, { type: 'messages', messages: [signed], more: false });
    }
    this.options.counters.add('actions after removal');
  }

  private otherText(signed: Signed): Signed {
    const message = JSON.parse(signed.payload) as GroupMessage;
    if (message.by !== this.user) return signed;
    return signObject('group_message', { ...message, text: 'something else' }, this.process.device, fakePrimitives);
  }

  private entry(op: LogEntry['op'], term = this.process.member?.log.term ?? 0): Signed {
    const { index, hash } = this.process.member?.log.position ?? { index: 0, hash: '' };
    const entry = {
      group: this.process.group,
      index: index + 1,
      previous: hash,
      term,
      op,
      at: 1,
      by: this.user,
      device: this.process.device.publicKey,
    };
    return signObject('group', entry, this.process.device, fakePrimitives);
  }
}
