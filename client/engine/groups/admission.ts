// How somebody becomes a member: invitations, wishes to join, and the answers to them, all by letter.

import type { Static } from '../../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, refusalText } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import type { GroupLetter } from '../../../protocols/groups/frames.js';
import { openStatement } from '../../../protocols/groups/statements.js';
import type { Context } from '../core/context.js';
import type { ReceivedLetter } from '../core/events.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { Groups, RunningGroup } from './groups.js';

type Word<S> = Extract<Static<typeof GroupLetter>['body'], { type: S }>;

/** Somebody asks me into a group. */
export interface Invitation {
  readonly group: string;
  readonly from: string;
  readonly word: Word<'invite'>;
}

/** Somebody wants to be in a group of mine. `isInvited`: it is a yes to an invitation. */
export interface JoinRequest {
  readonly group: string;
  readonly user: string;
  readonly record: Signed;
  readonly consent: Signed;
}

/** A head that a consent names. */
interface Head {
  readonly index: number;
  readonly hash: string;
}

/** `asked`: groups I said yes to, by id. `invited`: whom I asked into which. */
interface Kept {
  invitations: Invitation[];
  wishes: JoinRequest[];
  asked: { group: string; name: string }[];
  invited: { group: string; user: string }[];
}

interface Parts {
  readonly people: People;
  readonly mail: OutgoingMail;
  readonly record: OwnRecord;
  readonly groups: Groups;
}

const SETTING = 'groups';

export class Admission {
  private readonly kept: Kept;

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    const text = context.store.setting(SETTING);
    const nothing: Kept = { invitations: [], wishes: [], asked: [], invited: [] };
    this.kept = text === null ? nothing : (parseJson(text) as Kept);
  }

  get invitations(): readonly Invitation[] {
    return this.kept.invitations;
  }

  /** Wishes about groups that I lead. */
  get wishes(): readonly JoinRequest[] {
    return this.kept.wishes.filter(({ group }) => this.parts.groups.get(group)?.member.isLeader === true);
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

  invite({ id: group, name, isPublic, member }: RunningGroup, user: string): void {
    const { log } = member;
    const { index, hash } = log.position;
    const isKnown = (one: { group: string; user: string }): boolean => one.group === group && one.user === user;
    if (!this.kept.invited.some(isKnown)) this.kept.invited.push({ group, user });
    this.kept.invited = this.kept.invited.slice(-LIMITS.groupRequestsMax);
    this.keep();
    const { policy } = log.head;
    const word = { type: 'invite', name, public: isPublic, head: { index, hash }, policy, members: log.members.size };
    this.post(user, { group, body: word } as GroupLetter);
  }

  /** I say yes to an invitation, or ask to be let in: `to` decides. */
  wish(group: string, name: string, { head, to }: { head: Head; to: readonly string[] }): void {
    const { context } = this;
    const { me } = context;
    const said = { group, by: me.name, device: me.device.publicKey, head, nonce: context.freshId(), at: context.now };
    const consent = signObject('consent', said, me.device, context.primitives);
    this.kept.asked = [...this.kept.asked.filter((one) => one.group !== group), { group, name }];
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

  letter({ from, body }: ReceivedLetter & { body: GroupLetter }): void {
    const { group, body: word } = body;
    switch (word.type) {
      case 'invite':
        return this.invited({ group, from, word });
      case 'join_request':
        return this.wished(from, group, word);
      case 'decline':
        return this.refused(group, from);
      case 'bundle':
        for (const each of word.bodies) this.parts.groups.heard(from, group, each);
    }
  }

  /** The row of a group is another: wishes may be mine to decide now. */
  changed(running: RunningGroup, wasLeader: boolean): void {
    if (!running.member.isLeader) return;
    for (const wish of this.kept.wishes.filter(({ group }) => group === running.id)) {
      if (running.member.log.members.has(wish.user)) this.dropWish(wish);
      else if (!wasLeader) this.context.tell({ event: 'group_request', group: running.name, from: wish.user });
    }
  }

  /** Lets somebody in, and says why not where that cannot be. */
  admit(running: RunningGroup, wish: JoinRequest, then: (refusal: Refusal | null) => void): void {
    const { user, record, consent } = wish;
    this.parts.groups.act(running, { type: 'add', user, record, consent }, (outcome) => {
      const refusal = outcome instanceof Refusal ? outcome : null;
      const isHopeless = refusal === null || refusal.code === 'GROUP_REFUSES' || refusal.code === 'MEMBER_ALREADY';
      if (isHopeless) this.dropWish(wish);
      then(refusal);
    });
  }

  turnDown({ name }: RunningGroup, wish: JoinRequest): void {
    this.dropWish(wish);
    this.post(wish.user, { group: wish.group, body: { type: 'decline', name } });
  }

  private invited(invitation: Invitation): void {
    const { group, from, word } = invitation;
    const running = this.parts.groups.get(group);
    if (running && running.member.me !== null) return;
    // Anybody can invite into any group: whose invitation is worth something shows when it is answered.
    const others = this.kept.invitations.filter((one) => one.group !== group || one.from !== from);
    const theirs = others.filter((one) => one.from === from).length;
    if (others.length >= LIMITS.groupRequestsMax || theirs >= LIMITS.groupInvitationsPerUser) return;
    this.kept.invitations = [...others, invitation];
    this.keep();
    this.context.tell({ event: 'group_invite', group: word.name, from });
  }

  private wished(from: string, group: string, { name, record, consent }: Word<'join_request'>): void {
    const running = this.parts.groups.get(group);
    const said = openStatement('consent', consent, this.context.primitives);
    if (!running || running.member.me === null || said === null || said.group !== group) return;
    // A member may hand on what reached the wrong one.
    if (said.by !== from && !running.member.isPeer(from)) return;
    const wish: JoinRequest = { group, user: said.by, record, consent };
    if (running.member.isPeer(wish.user)) return;
    if (this.wasInvited(wish)) {
      if (running.member.isLeader) return this.admit(running, wish, (refusal) => this.complain(running, refusal));
      return this.post(running.member.log.head.leader, {
        group,
        body: { type: 'join_request', name, record, consent },
      });
    }
    const { join } = running.member.log.head.policy;
    if ((!running.isPublic && said.by === from) || join === 'closed') return;
    this.keepWish(running, wish);
  }

  private wasInvited({ group, user }: JoinRequest): boolean {
    return this.kept.invited.some((one) => one.group === group && one.user === user);
  }

  private keepWish(running: RunningGroup, wish: JoinRequest): void {
    const others = this.kept.wishes.filter(({ group, user }) => group !== wish.group || user !== wish.user);
    if (others.length >= LIMITS.groupRequestsMax) return;
    this.kept.wishes = [...others, wish];
    this.keep();
    if (running.member.isLeader) this.context.tell({ event: 'group_request', group: running.name, from: wish.user });
  }

  private dropWish(wish: JoinRequest): void {
    this.kept.wishes = this.kept.wishes.filter(({ group, user }) => group !== wish.group || user !== wish.user);
    this.kept.invited = this.kept.invited.filter(({ group, user }) => group !== wish.group || user !== wish.user);
    this.keep();
  }

  /** Only an answer to what was asked is worth a word. */
  private refused(group: string, from: string): void {
    const invited = this.kept.invited.some((one) => one.group === group && one.user === from);
    const asked = this.kept.asked.find((one) => one.group === group);
    const running = this.parts.groups.get(group);
    if (invited) {
      this.kept.invited = this.kept.invited.filter((one) => one.group !== group || one.user !== from);
      this.context.warn('INVITATION_REJECTED', `${from} does not want to be in ${running?.name ?? 'your group'}.`);
    } else if (asked && (running === null || running.member.me === null)) {
      this.kept.asked = this.kept.asked.filter((one) => one.group !== group);
      this.context.warn('REQUEST_REJECTED', `${from} did not let you into the group ${asked.name}.`);
    }
    this.keep();
  }

  private complain({ name }: RunningGroup, refusal: Refusal | null): void {
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
    this.context.store.putSetting(SETTING, JSON.stringify(this.kept));
  }
}
