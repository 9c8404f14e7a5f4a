// The machine of one member of one group (SPEC.md): inputs are frames, links, commands and time; effects are frames to
// peers and events for the host. It routes inputs to its parts and brings all parts up to date after each input.

import { LIMITS } from '../../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../../kit/machine.js';
import type { Refusal } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { LogEntry } from '../entry.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import { positionOf, type AppliedEntry } from '../log/applied-entry.js';
import type { Member } from '../log/member-devices.js';
import { DeviceRoster, type LogDependencies } from '../log/device-roster.js';
import { MembershipLog } from '../log/membership-log.js';
import { openStatement } from '../statements.js';
import { MemberCommands } from './commands.js';
import { Dispatch } from './dispatch.js';
import type { StoredGroupMessage } from './group-store.js';
import { Election } from './leadership/election.js';
import { Leader } from './leadership/leader.js';
import { LogReplication } from './log-replication.js';
import { MemberContext } from './member-context.js';
import type { GroupEffect, GroupInput, MemberDependencies } from './member-io.js';
import type { MemberMemory } from './member-memory.js';
import { countWithin, letterBytes } from './messages/history-server.js';
import { MemberMessages } from './messages/messages.js';
import { RecipientProgress } from './messages/recipients.js';
import { missingRecords } from './offered-records.js';
import { MemberSync } from './sync.js';

/** The head and the listed but gone members after the previous input. */
interface Membership {
  readonly head: AppliedEntry;
  readonly gone: readonly string[];
}

export class GroupMember implements Machine<GroupInput, GroupEffect> {
  private readonly context: MemberContext;
  private readonly replication: LogReplication;
  private readonly leader: Leader;
  private readonly election: Election;
  private readonly messages: MemberMessages;
  private readonly recipients: RecipientProgress;
  private readonly sync: MemberSync;
  private readonly dispatch: Dispatch;
  private readonly commands: MemberCommands;
  private lastMembership: Membership | null = null;
  /** The members whose new devices this member has passed on. */
  private renewed: ReadonlySet<string> = new Set();

  /** The id of the group that begins with this entry, null if the entry is no valid entry 0. */
  static idOf(first: Signed, dependencies: LogDependencies): string | null {
    return MembershipLog.begin(first, new DeviceRoster(dependencies), dependencies)?.group ?? null;
  }

  /** The store must hold at least entry 0. */
  constructor({ now, ...dependencies }: MemberDependencies & { readonly now: Instant }) {
    this.context = new MemberContext(dependencies);
    this.context.now = now;
    this.replication = new LogReplication(this.context);
    this.leader = new Leader(this.context, this.replication, {
      cutOf: (...member) => this.messages.cutOf(...member),
      hasAllOf: (user, isOld) => this.sync.hasAllOf(user, isOld),
    });
    const takeOver = (op: LogEntry['op'], term: number): boolean => this.leader.takeOver(op, term);
    this.election = new Election(this.context, takeOver);
    this.messages = new MemberMessages(this.context);
    this.recipients = new RecipientProgress(this.context, this.messages);
    this.sync = new MemberSync(this.context, this.messages, {
      heartbeat: () => this.election.heartbeat,
      adopted: () => this.replication.adopted,
    });
    const { replication, leader, election, recipients, sync, messages } = this;
    this.dispatch = new Dispatch(this.context, { replication, leader, election, recipients, sync });
    this.commands = new MemberCommands(this.context, { leader, election, recipients, messages });
    this.replication.learnRecords([dependencies.self.record]);
    this.election.begin();
    this.afterInput();
    this.commands.sendLeave(this.context.log.head.leader);
    this.context.saveMemory();
  }

  handle(input: GroupInput, now: Instant): GroupEffect[] {
    this.context.now = now;
    this.route(input);
    this.afterInput();
    this.recipients.updateStates();
    this.context.saveMemory();
    // One input can bring a message and the removal of its sender or receiver: the state after the input decides.
    return this.context.takeEffects().filter((effect) => this.isStillDue(effect));
  }

  wakeAt(): Instant | null {
    const { election, leader, messages, sync } = this;
    return earlier(earlier(election.wakeAt(), leader.wakeAt()), earlier(messages.wakeAt(), sync.wakeAt()));
  }

  get log(): MembershipLog {
    return this.context.log;
  }

  get memory(): Readonly<MemberMemory> {
    return this.context.memory;
  }

  /** The own membership, null if there is none. */
  get me(): Member | null {
    return this.context.membership.own;
  }

  get isLeader(): boolean {
    return this.context.isLeader;
  }

  get canSettle(): boolean {
    return this.context.canSettle;
  }

  /** Whether the user may found the group anew (SPEC GROUP-37). */
  get mayRefound(): boolean {
    return this.election.mayRefound;
  }

  /** The other members. */
  get peers(): readonly Member[] {
    return this.context.membership.peers();
  }

  /** `key`: the identity key that a link or letter proves. */
  isPeer(user: string, key?: string): boolean {
    return this.context.membership.isPeer(user, key);
  }

  /** The identity key of a member, or of the last membership of a former member; null for other users. */
  keyOf(user: string): string | null {
    return this.context.membership.keyOf(user);
  }

  /** Why the user cannot change the membership, null if the user can. */
  whyNotLead(): Refusal | null {
    return this.leader.whyNotLead();
  }

  /** The proofs that ratify the log so far. */
  get proofs(): readonly RatificationProof[] {
    return this.context.ratification.allProofs;
  }

  /** The device records that it takes to verify the log and that the log does not contain. */
  get records(): Signed[] {
    return missingRecords(this.context);
  }

  /** The own messages that some recipient has not acknowledged. */
  get undeliveredMessages(): readonly StoredGroupMessage[] {
    return this.recipients.undeliveredMessages;
  }

  /** True while own messages wait for a member. `ignoresHeld`: messages that the name server holds count as waiting. */
  isWaiting(user: string, ignoresHeld = false): boolean {
    return this.recipients.isWaiting(user, ignoresHeld);
  }

  /**
   * A bundle for an offline member: new entries and waiting messages up to the own number `upTo`; null if none wait.
   */
  bundleFor(user: string): { bodies: GroupFrameBody[]; upTo: number } | null {
    const waiting = this.recipients.waitingFor(user).map(({ signed, seq }) => ({ signed, seq }));
    const signed = waiting.map((message) => message.signed);
    const fitting = waiting.slice(0, countWithin(signed, LIMITS.groupSyncBytes));
    const last = fitting.at(-1);
    if (last === undefined) return null;
    const messages: GroupFrameBody = { type: 'messages', messages: fitting.map((each) => each.signed), more: false };
    const bodies = [...this.sync.logUpdateFor(user), messages];
    // Any member can send the entries later. The messages may exist on this device only.
    const fits = letterBytes(bodies) <= LIMITS.groupBundleBytes;
    return { bodies: fits ? bodies : [messages], upTo: last.seq };
  }

  private route(input: GroupInput): void {
    switch (input.type) {
      case 'wake':
        this.election.wake();
        this.messages.wake();
        return this.sync.wake();
      case 'flush':
        return this.sync.sendAcknowledgements();
      case 'linked':
        this.context.linked.add(input.user);
        this.commands.sendLeave(input.user);
        this.sync.linked(input.user);
        return this.election.linked(input.user);
      case 'unlinked':
        this.context.linked.delete(input.user);
        this.commands.sendLeave(input.user);
        return this.sync.unlinked(input.user);
      case 'frame':
        return this.dispatch.receive(input.from, input.key, input.body);
      case 'held':
        return this.recipients.held(input.user, input.upTo);
      case 'record':
        return this.replication.learnRecords([input.signed]);
      case 'command':
        return this.commands.execute(input.ref, input.command);
      default:
        return assertNever(input);
    }
  }

  private isStillDue(effect: GroupEffect): boolean {
    const { store, membership } = this.context;
    if (effect.type === 'show') {
      return store.messageAt(effect.message.device, effect.message.seq)?.visibility !== 'hidden';
    }
    if (effect.type !== 'send' || membership.isPeer(effect.to)) return true;
    const key = membership.keyOf(effect.to);
    if (key !== null && membership.isOther({ user: effect.to, key })) return false;
    const { type } = effect.body;
    return type === 'entries' || type === 'statement' || type === 'vote_request';
  }

  /** Brings every part up to date with the log, the leave statements and the orphaned removals. */
  private afterInput(): void {
    this.election.refresh();
    this.replication.sign();
    this.leader.writeDue();
    this.passOnRecords();
    const { log, membership } = this.context;
    const { head } = log;
    const gone = [...log.members.values()].filter((member) => membership.isGone(member)).map(({ user }) => user);
    const before = this.lastMembership;
    if (before?.head === head && before.gone.join(' ') === gone.join(' ')) return;
    this.lastMembership = { head, gone };
    this.messages.review(this.usersToReview(before, gone));
    this.recipients.dropCancelled();
    this.messages.wake();
    this.sync.requestNext();
    this.tellMembership();
  }

  /** A leader cannot suppress that a member has replaced a device (SPEC GROUP-48). */
  private passOnRecords(): void {
    const { deviceChanges } = this.context;
    if (deviceChanges.some(({ member }) => !this.renewed.has(member.user))) this.sync.tellAll();
    this.renewed = new Set(deviceChanges.map(({ member }) => member.user));
  }

  /** The users whose messages may be judged differently from before. */
  private usersToReview(before: Membership | null, gone: readonly string[]): string[] {
    const { log, intervals } = this.context;
    // A log that replaced another one can judge the messages of any user differently.
    if (before !== null && !log.has(positionOf(before.head))) return intervals.users();
    const members = before?.head.members ?? log.members;
    // A user who left and was added again between two inputs has another admission.
    const changed = [...members.keys(), ...log.members.keys()].filter((user) => {
      const [old, present] = [members.get(user), log.members.get(user)];
      return old?.admissionId !== present?.admissionId || old?.version !== present?.version;
    });
    return [...new Set([...changed, ...gone, ...(before?.gone ?? [])])];
  }

  private tellMembership(): void {
    const { context } = this;
    const { isMember } = context;
    if (isMember === context.memory.wasMember) return;
    context.memory.wasMember = isMember;
    if (isMember) return context.emit({ type: 'joined' });
    const hasLeft = context.log.members.has(context.self.user) || this.hasSignedLeave();
    context.emit({ type: 'ended', why: hasLeft ? 'left' : 'removed' });
  }

  private hasSignedLeave(): boolean {
    const { memory, self, dependencies } = this.context;
    return memory.farewells.some((signed) => {
      return openStatement('leave', signed, dependencies.primitives)?.by === self.user;
    });
  }
}
