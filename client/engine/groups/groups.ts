// Runs one machine for each group (protocols/groups): gives it frames, links and commands, and performs its effects.

import { groupFrameShape, type GroupFrame, type GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { MemberCommand, GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import type { AuthorBudget } from '../../../protocols/groups/member/messages/author-budget.js';
import { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { LogDependencies } from '../../../protocols/groups/log/device-roster.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import type { Outcome } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import { ofGroup } from '../core/conversation-id.js';
import { frameRoute, type EventOf, type Part } from '../core/part.js';
import { Registration } from '../core/registration.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { LookAlikes } from '../identity/look-alikes.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { Unread } from '../conversations/unread.js';
import type { Links } from '../transport/links.js';
import type { GroupMail } from './group-mail.js';
import type { GroupPeers, PinListener } from './group-peers.js';
import { GROUP_WARNINGS, otherMemberText } from './changes/group-warnings.js';
import { membershipChanges, rollOf } from './changes/membership-changes.js';
import { cachedRecordReader } from './record-reader.js';
import type { RunningGroup, RunningGroups } from './running-groups.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly pinnedKeys: PinnedKeys;
  readonly lookAlikes: LookAlikes;
  readonly links: Links;
  readonly unread: Unread;
  readonly running: RunningGroups;
  readonly peers: GroupPeers;
  readonly groupMail: GroupMail;
  readonly budget: AuthorBudget;
}

/** `null`: done, without an id. */
type CommandOutcome = Outcome<string | null>;

type PerformedEffect = Exclude<GroupEffect, { type: 'done' | 'refused' }>;

/** What the other parts of groups want to know. */
export interface GroupListener {
  /** The members, the leader, or what is confirmed have changed. */
  changed(running: RunningGroup): void;
  joined(running: RunningGroup): void;
  /** True where we asked to be in this group, so that its log may start here. */
  awaits(group: string): boolean;
}

/** `key`: the identity key of the user. */
export interface Sender {
  readonly user: string;
  readonly key: string;
}

export class Groups implements Part, PinListener {
  readonly frames = {
    group: frameRoute('member', groupFrameShape, ({ user }, { group, body }) =>
      this.receiveFromLink(user, group, body),
    ),
  };
  readonly on = {
    linked: ({ peer }: EventOf<'linked'>) => this.linked(peer.user),
    unlinked: ({ user }: EventOf<'unlinked'>) => this.unlinked(user),
  };
  private readonly listener = new Registration<GroupListener>();
  private readonly alarms: PartAlarms;
  /** Groups that had an input in this turn. */
  private readonly touched = new Set<RunningGroup>();
  private readonly logDependencies: LogDependencies;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('group');
    const { primitives } = context;
    this.logDependencies = { primitives, readRecord: cachedRecordReader(primitives) };
  }

  /** Starts the groups on disk. */
  begin(listener: GroupListener): void {
    this.parts.peers.listener.register(this);
    this.listener.register(listener);
    for (const group of this.context.store.groups()) this.start(group);
  }

  /** Starts a group from its first entry, received or written here. */
  create(group: string, first: Signed): RunningGroup | null {
    this.context.store.groupStore(group).putEntry(0, first);
    return this.start(group);
  }

  /** Gives a group a command; `then` is called before this returns. */
  command(running: RunningGroup, command: MemberCommand, then: (outcome: CommandOutcome) => void): void {
    this.feed(running, { type: 'command', ref: this.context.freshRef(), command }, then);
  }

  /** Takes a frame body. A link or a letter proves its sender. */
  receive(from: Sender, group: string, body: GroupFrameBody): void {
    const running = this.parts.running.get(group) ?? this.startFrom(group, body);
    if (running) this.feed(running, { type: 'frame', from: from.user, key: from.key, body });
  }

  /** The link may replace one on which frames were lost, so both sides tell their state again. */
  private linked(user: string): void {
    for (const running of this.parts.running.all()) {
      if (running.linked.has(user)) this.feed(running, { type: 'linked', user });
      else this.addLink(running, user);
    }
  }

  private unlinked(user: string): void {
    for (const running of this.parts.running.all()) {
      if (running.linked.delete(user)) this.feed(running, { type: 'unlinked', user });
    }
  }

  /** Acknowledges what the turn stored. */
  flush(): void {
    for (const running of this.touched) this.feed(running, { type: 'flush' });
    this.touched.clear();
  }

  pinChanged(user: string): void {
    for (const running of this.parts.running.all()) {
      if (!running.member.log.members.has(user)) continue;
      this.feed(running, { type: 'wake' });
      this.changed(running, true);
    }
  }

  recordRenewed(user: string): void {
    for (const running of this.parts.running.all()) this.feedRecord(running, user);
  }

  private receiveFromLink(user: string, group: string, body: GroupFrameBody): void {
    const key = this.parts.pinnedKeys.of(user);
    if (key !== null) this.receive({ user, key }, group, body);
  }

  // Not an `InlineDriver`: a command is answered before `command` returns, also where an effect gives it.
  private feed(running: RunningGroup, input: GroupInput, then?: (outcome: CommandOutcome) => void): void {
    this.touched.add(running);
    const effects = running.member.handle(input, this.context.now);
    for (const effect of effects) {
      if (effect.type === 'done') then?.(effect.id);
      else if (effect.type === 'refused') then?.(effect.refusal);
      else this.perform(running, effect);
    }
    this.setAlarm(running);
    this.parts.groupMail.consider(running);
  }

  private setAlarm(running: RunningGroup): void {
    const { id, member } = running;
    const wakeAt = member.wakeAt();
    if (this.alarms.at(id) !== wakeAt) this.alarms.set(id, wakeAt, () => this.feed(running, { type: 'wake' }));
  }

  private start(group: string): RunningGroup | null {
    const { store, me, now, options } = this.context;
    const member = new GroupMember({
      self: { user: me.name, key: me.identity.publicKey, device: me.device, record: this.parts.record.signed },
      pinnedKey: (user) => this.parts.pinnedKeys.of(user),
      store: store.groupStore(group),
      budget: this.parts.budget,
      dependencies: this.logDependencies,
      options: { silenceMs: options.groupSilenceMs },
      now,
    });
    const { op } = member.log.first.entry;
    if (op.do !== 'create') return null;
    const running: RunningGroup = {
      id: group,
      name: op.name,
      isPublic: op.public,
      member,
      linked: new Set(),
      notifiedMembers: this.membershipOf(member),
      feed: (input) => this.feed(running, input),
    };
    this.parts.running.add(running);
    this.feed(running, { type: 'flush' });
    this.changed(running, false);
    return running;
  }

  /** Starts a group that we asked to be in, from the first entry of its log. */
  private startFrom(group: string, body: GroupFrameBody): RunningGroup | null {
    const first = body.type === 'entries' && body.from === 0 ? body.entries[0] : undefined;
    if (!first || !this.listener.target.awaits(group)) return null;
    return GroupMember.idOf(first, this.logDependencies) === group ? this.create(group, first) : null;
  }

  private perform(running: RunningGroup, effect: PerformedEffect): void {
    const { context } = this;
    switch (effect.type) {
      case 'send':
        return this.send(running, effect);
      case 'show':
        return this.show(running, effect.message);
      case 'state':
        return context.notify({ event: 'state', id: effect.id, to: running.name, state: effect.state });
      case 'changed':
        return this.changed(running, true);
      case 'joined':
        context.notify({ event: 'group_joined', group: running.name, history: running.member.log.head.policy.history });
        return this.listener.target.joined(running);
      case 'ended':
        return context.notify({ event: 'group_left', group: running.name, reason: effect.why });
      case 'progress':
        return context.notify({ event: 'group_progress', group: running.name, received: effect.received });
      case 'warn':
        return context.warn(effect.code, GROUP_WARNINGS[effect.code](running.name, effect.text));
      default:
        return assertNever(effect);
    }
  }

  private send(running: RunningGroup, { to, body, isDurable }: Extract<GroupEffect, { type: 'send' }>): void {
    const frame: GroupFrame = { type: 'group', group: running.id, body };
    if (this.parts.pinnedKeys.isOther(to, running.member.keyOf(to))) return;
    if (running.linked.has(to) && this.parts.links.isLinked(to)) return this.parts.links.send(to, frame);
    if (isDurable) this.parts.groupMail.post(running, to, body);
  }

  private show(running: RunningGroup, message: Extract<GroupEffect, { type: 'show' }>['message']): void {
    if (message.mine) return;
    const { id, by: from, key, text, at, visibility } = message;
    const otherKey = this.parts.pinnedKeys.otherKey(from, key);
    const event = { event: 'group' as const, id, group: running.name, from, text, gap: visibility === 'marked' };
    this.context.notify(otherKey === null ? event : { ...event, otherKey }, at);
    this.parts.unread.arrived(ofGroup(running.id));
  }

  private changed(running: RunningGroup, hasStarted: boolean): void {
    this.parts.peers.refresh();
    for (const { user } of running.member.peers) this.addLink(running, user);
    for (const user of running.linked) if (!running.member.isPeer(user)) this.dropLink(running, user);
    const members = this.membershipOf(running.member);
    const isOther = members !== running.notifiedMembers;
    if (hasStarted && isOther) this.notifyMembers(running);
    running.notifiedMembers = members;
    if (!hasStarted || isOther) for (const user of running.member.log.members.keys()) this.feedRecord(running, user);
    if (hasStarted) this.listener.target.changed(running);
  }

  private notifyMembers({ name: group, member, notifiedMembers }: RunningGroup): void {
    const { log } = member;
    const members = [...log.members.keys()];
    const others = this.parts.pinnedKeys.othersAmong(log.members.values());
    const changes = membershipChanges(rollOf(notifiedMembers), log);
    const about = { event: 'group_members' as const, group, members, leader: log.head.leader };
    const event = changes.length === 0 ? about : { ...about, changes };
    this.context.notify(others.length === 0 ? event : { ...event, others });
    for (const { user, fingerprint } of others)
      this.context.warn('MEMBER_OTHER', otherMemberText(group, user, fingerprint));
    for (const { user, key } of log.members.values()) this.parts.lookAlikes.check(user, key);
  }

  /** What the event `group_members` shows, as one text. */
  private membershipOf({ log: { members, head } }: GroupMember): string {
    const others = this.parts.pinnedKeys.othersAmong(members.values()).map(({ user }) => user);
    return [head.leader, ...members.keys(), '', ...others].join(' ');
  }

  private addLink(running: RunningGroup, user: string): void {
    if (running.linked.has(user) || !this.parts.links.isLinked(user) || !running.member.isPeer(user)) return;
    running.linked.add(user);
    this.feedRecord(running, user);
    this.feed(running, { type: 'linked', user });
  }

  /** The pinned record of a member, which may be newer than the log. */
  private feedRecord(running: RunningGroup, user: string): void {
    const signed = this.parts.peers.recordOf(user);
    if (signed && running.member.log.members.has(user)) this.feed(running, { type: 'record', signed });
  }

  private dropLink(running: RunningGroup, user: string): void {
    running.linked.delete(user);
    this.feed(running, { type: 'unlinked', user });
  }
}
