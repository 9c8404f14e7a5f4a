// One member of one group (SPEC.md), pure: words, links and wishes come in; words to others and news for the face go
// out. It routes and keeps the order of things: first the log, then who leads, then messages.

import { LIMITS } from '../../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../../kit/machine.js';
import type { Refusal } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { LogEntry } from '../entry.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import { MembershipLog } from '../log/membership-log.js';
import { DeviceRoster, type LogDependencies } from '../log/device-roster.js';
import { positionOf, type Member, type AppliedEntry } from '../log/applied-entry.js';
import { openStatement } from '../statements.js';
import {
  MemberContext,
  type GroupEffect,
  type GroupInput,
  type MemberMemory,
  type MemberDependencies,
} from './member-io.js';
import { MemberCommands } from './commands.js';
import { LogReplication } from './log-replication.js';
import { countWithin, letterBytes } from './messages/history-server.js';
import { Dispatch } from './dispatch.js';
import { Leader } from './leadership/leader.js';
import { RecipientProgress } from './messages/recipients.js';
import type { StoredGroupMessage } from './group-store.js';
import { Election } from './leadership/election.js';
import { MemberSync } from './sync.js';
import { MemberMessages } from './messages/messages.js';

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
  /** What `look` saw last. */
  private seen: { chain: MembershipLog; head: AppliedEntry; goneKey: string } | null = null;

  /** The id of the group that begins with this entry, null where none can. */
  static idOf(first: Signed, tools: LogDependencies): string | null {
    return MembershipLog.begin(first, new DeviceRoster(tools), tools)?.group ?? null;
  }

  /** The shelf holds at least the first entry of the group. */
  constructor(surroundings: MemberDependencies & { readonly now: Instant }) {
    this.context = new MemberContext(surroundings);
    this.context.now = surroundings.now;
    this.replication = new LogReplication(this.context);
    this.leader = new Leader(this.context, this.replication, (user, key) => this.messages.cutOf(user, key));
    const takeOver = (op: LogEntry['op'], term: number): boolean => this.leader.takeOver(op, term);
    this.election = new Election(this.context, takeOver);
    this.messages = new MemberMessages(this.context);
    this.recipients = new RecipientProgress(this.context, this.messages);
    this.sync = new MemberSync(this.context, this.messages, {
      heartbeat: () => this.election.heartbeat,
      adopted: () => this.replication.adopted,
    });
    const {
      replication: following,
      leader: leading,
      election: succession,
      recipients,
      sync: syncing,
      messages: talking,
    } = this;
    this.dispatch = new Dispatch(this.context, {
      replication: following,
      leader: leading,
      election: succession,
      recipients,
      sync: syncing,
    });
    this.commands = new MemberCommands(this.context, {
      leader: leading,
      election: succession,
      recipients,
      messages: talking,
    });
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
    // An input can bring a message, and the removal of who it is for or from: what counts is what is true at its end.
    return this.context.takeEffects().filter((effect) => this.isStillDue(effect));
  }

  wakeAt(): Instant | null {
    const { election: succession, messages: talking, sync: syncing } = this;
    return earlier(earlier(succession.wakeAt(), talking.wakeAt()), syncing.wakeAt());
  }

  /** The row in force. */
  get log(): MembershipLog {
    return this.context.log;
  }

  get memory(): Readonly<MemberMemory> {
    return this.context.memory;
  }

  /** My own membership, null where I have none (any more). */
  get me(): Member | null {
    return this.context.me;
  }

  get isLeader(): boolean {
    return this.context.isLeader;
  }

  get mayRefound(): boolean {
    return this.election.mayRefound;
  }

  get peers(): readonly Member[] {
    return this.context.peers();
  }

  isPeer(user: string): boolean {
    return this.context.isPeer(user);
  }

  /** May somebody's link or letter bring words of this group? */
  wasEverMember(user: string): boolean {
    return this.context.intervals.of(user).length > 0;
  }

  /** Why I cannot decide about members, null where I can. */
  whyNotLead(): Refusal | null {
    return this.leader.whyNotLead();
  }

  /** What ratified the row so far. */
  get proofs(): readonly RatificationProof[] {
    return this.context.ratification.allProofs;
  }

  /** Records of whoever signed anything, beside those in the row. */
  get records(): Signed[] {
    return this.sync.records();
  }

  /** Messages of mine that are not with everybody. */
  get undeliveredMessages(): readonly StoredGroupMessage[] {
    return this.recipients.undeliveredMessages;
  }

  /** True while messages of mine wait for a member. `ignoresHeld`: also those the name server holds. */
  isWaiting(user: string, ignoresHeld = false): boolean {
    return this.recipients.isWaiting(user, ignoresHeld);
  }

  /** What is to be left for a member who is away: the newest of the log, and what waits; and up to which number. */
  bundleFor(user: string): { bodies: GroupFrameBody[]; upTo: number } | null {
    const waiting = this.recipients.waitingFor(user);
    const some = waiting.slice(
      0,
      countWithin(
        waiting.map(({ signed }) => signed),
        LIMITS.groupSyncBytes,
      ),
    );
    const last = some.at(-1);
    if (last === undefined) return null;
    const messages: GroupFrameBody = { type: 'messages', messages: some.map(({ signed }) => signed), more: false };
    const words = [...this.sync.logUpdateFor(user), messages];
    // News can be had from any member later; the messages, perhaps from nobody but me.
    const fits = letterBytes(words) <= LIMITS.groupBundleBytes;
    return { bodies: fits ? words : [messages], upTo: last.seq };
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
        return this.sync.linked(input.user);
      case 'unlinked':
        this.context.linked.delete(input.user);
        this.commands.sendLeave(input.user);
        return this.sync.unlinked(input.user);
      case 'frame':
        return this.dispatch.receive(input.from, input.body);
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
    const { context: desk } = this;
    if (effect.type === 'show') {
      return desk.store.messageAt(effect.message.device, effect.message.seq)?.visibility !== 'hidden';
    }
    if (effect.type !== 'send' || desk.isPeer(effect.to)) return true;
    const { type } = effect.body;
    return type === 'entries' || type === 'statement' || type === 'vote_request';
  }

  /** After each input: what follows from a row, or from what is in force beside it, that is not as it was. */
  private afterInput(): void {
    const { context: desk } = this;
    this.election.refresh();
    this.replication.sign();
    this.leader.writeDue();
    const gone = [...desk.log.members.values()].filter((member) => desk.isGone(member)).map(({ user }) => user);
    const goneKey = gone.join(' ');
    const { log: chain } = desk;
    const { head } = chain;
    if (this.seen?.head === head && this.seen.goneKey === goneKey) return;
    const before = this.seen;
    this.seen = { chain, head, goneKey };
    this.messages.review(this.usersToReview(before, gone));
    this.recipients.dropCancelled();
    this.messages.wake();
    this.sync.requestNext();
    this.tellMembership();
  }

  /** Whose messages may count otherwise than before: those whose membership changed. */
  private usersToReview(before: { head: AppliedEntry; goneKey: string } | null, gone: readonly string[]): string[] {
    const { context: desk } = this;
    const now = desk.log.members;
    // A row that took the place of another may judge even those otherwise whose membership is the same.
    if (before !== null && !desk.log.has(positionOf(before.head))) return desk.intervals.users();
    const were = before?.head.members ?? now;
    // Somebody may have gone and come back at once: then they belong by another yes.
    const changed = [...were.keys(), ...now.keys()].filter(
      (user) => were.get(user)?.admissionId !== now.get(user)?.admissionId,
    );
    const wereGone = before === null || before.goneKey === '' ? [] : before.goneKey.split(' ');
    return [...new Set([...changed, ...gone, ...wereGone])];
  }

  private tellMembership(): void {
    const { context: desk } = this;
    const isMember = desk.me !== null;
    if (isMember === desk.memory.wasMember) return;
    desk.memory.wasMember = isMember;
    if (isMember) return desk.emit({ type: 'joined' });
    const hasLeft = desk.log.members.has(desk.self.user) || this.leftLast();
    desk.emit({ type: 'ended', why: hasLeft ? 'left' : 'removed' });
  }

  private leftLast(): boolean {
    const { context: desk } = this;
    return desk.memory.farewells.some((signed) => {
      return openStatement('leave', signed, desk.dependencies.primitives)?.by === desk.self.user;
    });
  }
}
