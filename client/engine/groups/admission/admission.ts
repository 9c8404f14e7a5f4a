// How a user becomes a member of a group: invitations, join requests, and the answers to them, all by letter.

import { parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal, refusalText } from '../../../../protocols/kit/refusals.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import { groupLetterShape, type GroupLetter } from '../../../../protocols/groups/frames.js';
import { openStatement } from '../../../../protocols/groups/statements.js';
import type { Context } from '../../core/context.js';
import { letterRoute, type Part } from '../../core/part.js';
import { SETTINGS } from '../../core/settings.js';
import { newerRecord, withRoom } from '../../identity/bounded-requests.js';
import type { OwnRecord } from '../../identity/own-record.js';
import type { OutgoingMail } from '../../server/outgoing-mail.js';
import type { People } from '../../identity/people.js';
import type { LookAlikes } from '../../identity/look-alikes.js';
import type { PinnedKeys } from '../../identity/pinned-keys.js';
import type { Groups, Sender } from '../groups.js';
import {
  FINAL,
  hasLeft,
  type Head,
  type Invitation,
  type JoinRequest,
  type KeptRequests,
  type LetterBody,
} from './join-requests.js';
import type { RunningGroup, RunningGroups } from '../running-groups.js';

interface Dependencies {
  readonly people: People;
  readonly pinnedKeys: PinnedKeys;
  readonly lookAlikes: LookAlikes;
  readonly mail: OutgoingMail;
  readonly record: OwnRecord;
  readonly groups: Groups;
  readonly running: RunningGroups;
}

export class Admission implements Part {
  readonly letters = {
    group: letterRoute('anyone', groupLetterShape, ({ from, key }, letter) => this.letter({ user: from, key }, letter)),
  };
  private readonly kept: KeptRequests;
  /** Groups of which a user whom we did not ask said that we may not join. */
  private readonly doubted = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    const text = context.store.setting(SETTINGS.groupRequests);
    const nothing: KeptRequests = { invitations: [], wishes: [], asked: [], invited: [] };
    this.kept = text === null ? nothing : (parseJson(text) as KeptRequests);
  }

  get invitations(): readonly Invitation[] {
    return this.kept.invitations;
  }

  /** Join requests to groups that we lead. */
  get joinRequests(): readonly JoinRequest[] {
    return this.kept.wishes.filter(({ group }) => this.parts.running.get(group)?.member.isLeader === true);
  }

  awaits(group: string): boolean {
    return this.kept.asked.some((one) => one.group === group);
  }

  isAsked(name: string): boolean {
    return this.kept.asked.some((one) => one.name === name);
  }

  joined({ id }: RunningGroup): void {
    this.kept.invitations = this.kept.invitations.filter(({ group }) => group !== id);
    this.keep();
  }

  /** `key`: the identity key of the user. Only its owner can accept (SPEC GROUP-41). */
  invite({ id: group, name, isPublic, member }: RunningGroup, { user, key }: Sender): void {
    const { log } = member;
    const { index, hash } = log.position;
    const others = this.kept.invited.filter((one) => one.group !== group || one.user !== user);
    this.kept.invited = [...others, { group, user, key }].slice(-LIMITS.groupRequestsMax);
    this.keep();
    const { policy } = log.head;
    const head = { index, hash };
    const body = { type: 'invite' as const, key, name, public: isPublic, head, policy, members: log.members.size };
    this.post(user, { group, body });
  }

  /** Accepts an invitation or asks to join; the users in `to` may decide. */
  requestJoin(group: string, name: string, { head, to }: { head: Head; to: readonly string[] }): void {
    const { context } = this;
    const { me } = context;
    const author = { group, by: me.name, device: me.device.publicKey, key: me.identity.publicKey };
    const said = { ...author, head, nonce: context.freshId(), at: context.now };
    const consent = signObject('consent', said, me.device, context.primitives);
    this.kept.asked = [...this.kept.asked.filter((one) => one.group !== group), { group, name, to }];
    this.kept.asked = this.kept.asked.slice(-LIMITS.groupsMax);
    this.kept.invitations = this.kept.invitations.filter((one) => one.group !== group);
    this.keep();
    const record = this.parts.record.signed;
    for (const user of to) this.post(user, { group, body: { type: 'join_request', name, record, consent } });
  }

  reject({ group, from, word: { name } }: Invitation): void {
    this.kept.invitations = this.kept.invitations.filter((one) => one.group !== group);
    this.keep();
    this.post(from, { group, body: { type: 'decline', name } });
  }

  private letter(from: Sender, { group, body }: GroupLetter): void {
    switch (body.type) {
      case 'invite':
        this.invited({ group, from: from.user, word: body });
        return this.parts.lookAlikes.check(from.user, from.key);
      case 'join_request':
        return this.joinRequested(from, group, body);
      case 'decline':
        return this.declined(group, from.user);
      case 'bundle':
        for (const each of body.bodies) this.parts.groups.receive(from, group, each);
    }
  }

  /** The log of a group has changed: join requests may be ours to decide now. */
  changed(running: RunningGroup, wasLeader: boolean): void {
    if (!running.member.isLeader) return;
    for (const request of this.kept.wishes.filter(({ group }) => group === running.id)) {
      if (running.member.log.members.has(request.user)) this.dropRequest(request);
      else if (this.isInvited(request) && running.member.canSettle) this.admit(running, request, () => undefined);
      else if (!wasLeader) this.notifyRequest(running, request);
    }
  }

  private isInvited({ group, user }: JoinRequest): boolean {
    return this.kept.invited.some((one) => one.group === group && one.user === user);
  }

  /** Adds a user to the group, whose key is looked up if it is not pinned; `then` gets the refusal if that fails. */
  admit(running: RunningGroup, request: JoinRequest, then: (refusal: Refusal | null) => void): void {
    const { user, consent } = request;
    const { groups, people, pinnedKeys } = this.parts;
    pinnedKeys.pin([user], (away) => {
      if (away) return then(away);
      if (pinnedKeys.of(user) === null) return then(new Refusal('USER_UNKNOWN', user));
      // The newest record counts: a device that it does not list cannot have consented.
      const record = newerRecord(request.record, people.get(user)?.pinned?.record ?? request.record);
      groups.command(running, { type: 'add', user, record, consent }, (outcome) => {
        const refusal = outcome instanceof Refusal ? outcome : null;
        if (refusal === null || FINAL.includes(refusal.code)) this.dropRequest(request);
        then(refusal);
      });
    });
  }

  decline({ name }: RunningGroup, request: JoinRequest): void {
    this.dropRequest(request);
    this.post(request.user, { group: request.group, body: { type: 'decline', name } });
  }

  private invited(invitation: Invitation): void {
    const { group, from, word } = invitation;
    // The inviter means a user of our name with another key.
    if (word.key !== this.context.me.identity.publicKey) return;
    if ((this.parts.running.get(group)?.member.me ?? null) !== null) return;
    // Any user can send an invitation to any group: whether it is valid shows when it is answered.
    const others = this.kept.invitations.filter((one) => one.group !== group || one.from !== from);
    const theirs = others.filter((one) => one.from === from).length;
    const room = withRoom(others, this.isFriend(from), (one) => this.isFriend(one.from));
    if (room === null || theirs >= LIMITS.groupInvitationsPerUser) return;
    this.kept.invitations = [...room, invitation];
    this.keep();
    this.context.notify({ event: 'group_invite', group: word.name, from });
  }

  private joinRequested(from: Sender, group: string, { name, record, consent }: LetterBody<'join_request'>): void {
    const running = this.parts.running.get(group);
    const said = openStatement('consent', consent, this.context.primitives);
    if (!running || said === null || said.group !== group) return;
    const isOwn = said.by === from.user && said.key === from.key;
    const owner = readRecord(record, this.context.primitives);
    if (owner?.name !== said.by || owner.key !== said.key) return;
    const request: JoinRequest = { group, user: said.by, record, consent };
    const invited = this.kept.invited.find((one) => one.group === group && one.user === said.by);
    if (invited && invited.key !== said.key) return this.warnOf(running, new Refusal('MEMBER_KEY', said.by));
    if (invited && !running.member.isLeader)
      return this.forward(running, said.by, { group, body: { type: 'join_request', name, record, consent } });
    if (running.member.me === null) return;
    // A member, or one that left, may forward a request that reached the wrong member.
    if (!isOwn && !running.member.isPeer(from.user, from.key) && !hasLeft(running, from)) return;
    if (running.member.isPeer(request.user)) return;
    if (invited) return this.admitInvited(running, request);
    const { join } = running.member.log.head.policy;
    if (join === 'closed' && !isOwn) return this.decline(running, request);
    if ((!running.isPublic && isOwn) || join === 'closed') return;
    this.judgeRequest(running, request, said.key);
  }

  /** We invited this user and cannot decide any more: the leader does, or the user is told that no member will. */
  private forward(running: RunningGroup, user: string, letter: GroupLetter): void {
    const { log, me } = running.member;
    const { leader } = log.head;
    this.kept.invited = this.kept.invited.filter((one) => one.group !== running.id || one.user !== user);
    this.keep();
    const mayForward = me !== null || hasLeft(running, this.self);
    if (mayForward && leader !== this.self.user) return this.post(leader, letter);
    this.post(user, { group: running.id, body: { type: 'decline', name: running.name } });
  }

  /** A group that cannot be changed now admits the user later (SPEC GROUP-55). */
  private admitInvited(running: RunningGroup, request: JoinRequest): void {
    this.admit(running, request, (refusal) => {
      this.warnOf(running, refusal);
      if (refusal !== null && !FINAL.includes(refusal.code)) this.keepRequest(running, request, false);
    });
  }

  private get self(): Sender {
    const { name: user, identity } = this.context.me;
    return { user, key: identity.publicKey };
  }

  /** Keeps a request of a user whose key is pinned, or is pinned now, or cannot be looked up before the decision. */
  private judgeRequest(running: RunningGroup, request: JoinRequest, key: string): void {
    const { pinnedKeys } = this.parts;
    pinnedKeys.pin([request.user], () => {
      if (!pinnedKeys.isOther(request.user, key)) this.keepRequest(running, request);
      else this.warnOf(running, new Refusal('MEMBER_KEY', request.user));
    });
  }

  private keepRequest(running: RunningGroup, request: JoinRequest, isShown = true): void {
    const others = this.kept.wishes.filter(({ group, user }) => group !== request.group || user !== request.user);
    const room = withRoom(others, this.isFriend(request.user), ({ user }) => this.isFriend(user));
    if (room === null) return;
    this.kept.wishes = [...room, request];
    this.keep();
    if (isShown && running.member.isLeader) this.notifyRequest(running, request);
  }

  private notifyRequest({ name: group }: RunningGroup, { user }: JoinRequest): void {
    this.context.notify({ event: 'group_request', group, from: user });
    this.parts.lookAlikes.check(user, this.parts.pinnedKeys.of(user));
  }

  private dropRequest(request: JoinRequest): void {
    this.kept.wishes = this.kept.wishes.filter(({ group, user }) => group !== request.group || user !== request.user);
    this.kept.invited = this.kept.invited.filter(({ group, user }) => group !== request.group || user !== request.user);
    this.keep();
  }

  /** A user declines our invitation or our request; any other `decline` is ignored. */
  private declined(group: string, from: string): void {
    const invited = this.kept.invited.some((one) => one.group === group && one.user === from);
    const asked = this.kept.asked.find((one) => one.group === group);
    const running = this.parts.running.get(group);
    if (invited) {
      this.kept.invited = this.kept.invited.filter((one) => one.group !== group || one.user !== from);
      this.context.warn('INVITATION_REJECTED', `${from} does not want to be in ${running?.name ?? 'your group'}.`);
    } else if (asked && (running === null || running.member.me === null)) {
      // Another member may have decided, or any user lies: then the request stays (SPEC GROUP-52).
      const isDecided = asked.to.includes(from);
      if (!isDecided && this.doubted.has(group)) return;
      this.doubted.add(group);
      if (isDecided) this.kept.asked = this.kept.asked.filter((one) => one.group !== group);
      this.context.warn('REQUEST_REJECTED', `${from} did not let you into the group ${asked.name}.`);
    }
    this.keep();
  }

  private readonly isFriend = (user: string): boolean => this.parts.people.isFriend(user);

  private warnOf({ name }: RunningGroup, refusal: Refusal | null): void {
    if (refusal !== null) this.context.warn(refusal.code, `${name}: ${refusalText(refusal)}`);
  }

  private post(to: string, letter: GroupLetter): void {
    const { people, mail } = this.parts;
    const person = people.meet(to);
    if (person === null || to === this.context.me.name) return;
    if (people.get(to) === null) people.put(person);
    mail.post(to, 'group', letter);
  }

  private keep(): void {
    this.context.store.putSetting(SETTINGS.groupRequests, JSON.stringify(this.kept));
  }
}
