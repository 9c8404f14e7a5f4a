// The groups on this device: one machine each (protocols/groups), fed by links, letters and commands; what they want
// done goes to links, letters and the face.

import type { GroupFrame, GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { MemberCommand, GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { DeviceRecord, LogDependencies } from '../../../protocols/groups/log/device-roster.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import { Refusal, refusalText, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import { groupPeer } from '../core/store.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Reading } from '../conversations/reading.js';
import type { Links } from '../transport/links.js';
import type { GroupMail } from './group-mail.js';
import type { GroupPeers } from './group-peers.js';

/** A group on disk, at work. */
export interface RunningGroup {
  readonly id: string;
  readonly name: string;
  readonly isPublic: boolean;
  readonly member: GroupMember;
  /** Members whose links the machine knows of. */
  readonly linked: Set<string>;
  /** The membership that the face was told last. */
  told: string;
}

interface Parts {
  readonly links: Links;
  readonly reading: Reading;
  readonly record: OwnRecord;
  readonly companions: GroupPeers;
  readonly mail: GroupMail;
}

/** What other parts want to hear about groups. */
export interface GroupListener {
  /** Who belongs, leads, or is confirmed is not as it was. */
  changed(running: RunningGroup): void;
  joined(running: RunningGroup): void;
  /** May a group of this id, of which somebody shows the beginning, be begun here? */
  awaits(group: string): boolean;
}

export class Groups {
  private readonly running = new Map<string, RunningGroup>();
  private readonly touched = new Set<RunningGroup>();
  private readonly acts = new Map<number, (outcome: Outcome<string | null>) => void>();
  private readonly papers = new Map<string, DeviceRecord | null>();
  private readonly tools: LogDependencies;
  private listener: GroupListener | null = null;

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    this.tools = { primitives: context.primitives, readRecord: (signed) => this.read(signed) };
  }

  /** Starts what is on disk. */
  begin(listener: GroupListener): void {
    this.listener = listener;
    for (const group of this.context.store.groups()) this.start(group);
  }

  all(): RunningGroup[] {
    return [...this.running.values()];
  }

  get(group: string): RunningGroup | null {
    return this.running.get(group) ?? null;
  }

  /** The group of this name: one I am in, else one I was in; null where there is none. */
  named(name: string): RunningGroup | null {
    const known = this.all().filter((running) => running.name === name);
    return known.find(({ member }) => member.me !== null) ?? known.at(-1) ?? null;
  }

  /** A group whose first entry has come, or was written by me. */
  found(group: string, first: Signed): RunningGroup | null {
    this.context.store.groupStore(group).putEntry(0, first);
    return this.start(group);
  }

  act(running: RunningGroup, act: MemberCommand, then: (outcome: Outcome<string | null>) => void): void {
    const ref = this.context.freshRef();
    this.acts.set(ref, then);
    this.feed(running, { type: 'command', ref, command: act });
  }

  /** A frame about a group, from a device that the link proves. */
  frame({ user }: LinkPeer, { group, body: word }: GroupFrame): void {
    this.heard(user, group, word);
  }

  heard(from: string, group: string, word: GroupFrameBody): void {
    const running = this.get(group) ?? this.beginFrom(group, word);
    if (running) this.feed(running, { type: 'frame', from, body: word });
  }

  linked(user: string): void {
    for (const running of this.all()) this.tellLinks(running, user);
  }

  unlinked(user: string): void {
    for (const running of this.all()) {
      if (running.linked.delete(user)) this.feed(running, { type: 'unlinked', user });
    }
  }

  /** Before the turn ends: what was stored in it is acknowledged. */
  flush(): void {
    for (const running of this.touched) this.feed(running, { type: 'flush' });
    this.touched.clear();
  }

  feed(running: RunningGroup, input: GroupInput): void {
    this.touched.add(running);
    const effects = running.member.handle(input, this.context.now);
    for (const effect of effects) this.perform(running, effect);
    const wakeAt = running.member.wakeAt();
    const alarm = `group ${running.id}`;
    if (wakeAt === null) this.context.alarms.drop(alarm);
    else if (this.context.alarms.at(alarm) !== wakeAt) {
      this.context.alarms.set(alarm, wakeAt, () => this.feed(running, { type: 'wake' }));
    }
    this.parts.mail.consider(running);
  }

  private start(group: string): RunningGroup | null {
    const { store, me, now, options } = this.context;
    const shelf = store.groupStore(group);
    const self = { user: me.name, device: me.device };
    const silence = { silenceMs: options.groupSilenceMs };
    const member = new GroupMember({ self, store: shelf, dependencies: this.tools, options: silence, now });
    const { op } = member.log.first.entry;
    if (op.do !== 'create') return null;
    const running: RunningGroup = {
      id: group,
      name: op.name,
      isPublic: op.public,
      member,
      linked: new Set(),
      told: '',
    };
    running.told = membershipOf(running);
    this.running.set(group, running);
    this.feed(running, { type: 'record', signed: this.parts.record.signed });
    this.changed(running, false);
    return running;
  }

  /** A group I asked to be let into shows itself. */
  private beginFrom(group: string, word: GroupFrameBody): RunningGroup | null {
    const first = word.type === 'entries' && word.from === 0 ? word.entries[0] : undefined;
    if (!first || this.listener?.awaits(group) !== true) return null;
    return GroupMember.idOf(first, this.tools) === group ? this.found(group, first) : null;
  }

  private perform(running: RunningGroup, effect: GroupEffect): void {
    const { context } = this;
    switch (effect.type) {
      case 'send':
        return this.send(running, effect);
      case 'show':
        return this.show(running, effect.message);
      case 'state':
        return context.tell({ event: 'state', id: effect.id, to: running.name, state: effect.state });
      case 'changed':
        return this.changed(running, true);
      case 'joined':
        context.tell({ event: 'group_joined', group: running.name });
        return this.listener?.joined(running);
      case 'ended':
        return context.tell({ event: 'group_left', group: running.name, reason: effect.why });
      case 'progress':
        return context.tell({ event: 'group_progress', group: running.name, received: effect.received });
      case 'warn':
        return context.warn(effect.code, WARNINGS[effect.code](running.name, effect.text));
      case 'done':
        return this.answered(effect.ref, effect.id);
      case 'refused':
        return this.answered(effect.ref, effect.refusal);
      default:
        return assertNever(effect);
    }
  }

  private send(
    running: RunningGroup,
    { to, body: word, isDurable: isLasting }: Extract<GroupEffect, { type: 'send' }>,
  ): void {
    const frame: GroupFrame = { type: 'group', group: running.id, body: word };
    if (running.linked.has(to) && this.parts.links.isLinked(to)) return this.parts.links.send(to, frame);
    if (isLasting) this.parts.mail.post(running, to, word);
  }

  private show(running: RunningGroup, message: Extract<GroupEffect, { type: 'show' }>['message']): void {
    if (message.mine) return;
    const { id, by: from, text, at, visibility: sight } = message;
    this.context.tell({ event: 'group', id, group: running.name, from, text, gap: sight === 'marked' }, at);
    this.parts.reading.arrived(groupPeer(running.id), 1);
  }

  private changed(running: RunningGroup, isNews: boolean): void {
    this.parts.companions.refresh(this.all());
    for (const { user } of running.member.peers) this.tellLinks(running, user);
    for (const user of running.linked) if (!running.member.isPeer(user)) this.dropLink(running, user);
    const told = membershipOf(running);
    if (isNews && told !== running.told) this.tellMembers(running);
    running.told = told;
    if (isNews) this.listener?.changed(running);
  }

  private tellMembers({ name: group, member }: RunningGroup): void {
    const { log } = member;
    const members = [...log.members.keys()];
    this.context.tell({ event: 'group_members', group, members, leader: log.head.leader });
  }

  private tellLinks(running: RunningGroup, user: string): void {
    if (running.linked.has(user) || !this.parts.links.isLinked(user) || !running.member.isPeer(user)) return;
    running.linked.add(user);
    const record = this.parts.companions.recordOf(user);
    if (record) this.feed(running, { type: 'record', signed: record });
    this.feed(running, { type: 'linked', user });
  }

  private dropLink(running: RunningGroup, user: string): void {
    running.linked.delete(user);
    this.feed(running, { type: 'unlinked', user });
  }

  private answered(ref: number, outcome: Outcome<string | null>): void {
    const then = this.acts.get(ref);
    this.acts.delete(ref);
    then?.(outcome);
  }

  /** Each record is judged once. */
  private read(signed: Signed): DeviceRecord | null {
    const known = this.papers.get(signed.payload + signed.signature);
    if (known !== undefined) return known;
    const papers = readRecord(signed, this.context.primitives);
    if (this.papers.size >= PAPERS_MAX) this.papers.clear();
    this.papers.set(signed.payload + signed.signature, papers);
    return papers;
  }
}

const PAPERS_MAX = 4_096;

const WARNINGS: Record<'GROUP_FORK' | 'GROUP_LIAR' | 'GROUP_CONFLICT', (group: string, text: string) => string> = {
  GROUP_FORK: (group, text) =>
    `The group ${group} has two histories, and they are not merged: ${text}. Type: members ${group}`,
  GROUP_LIAR: (group, who) => `${who} told members of ${group} different things; the members vote for another leader.`,
  GROUP_CONFLICT: (group, text) =>
    refusalText(new Refusal('GROUP_REFUSES', `two messages under one number (${group}: ${text})`)),
};

/** What `group_members` tells. */
function membershipOf({ member }: RunningGroup): string {
  const { members, head } = member.log;
  return [head.leader, ...members.keys()].join(' ');
}
