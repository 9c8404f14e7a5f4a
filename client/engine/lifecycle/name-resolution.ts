// Words that can mean a user or a group: answers to what waits, and whose history is wanted (docs/contract.md).

import type { Command } from '../../../protocols/control/command.js';
import type { NameKind } from '../../../protocols/control/line/checks.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import { groupPeer } from '../core/store.js';
import type { Friends } from '../friends/friends.js';
import type { People } from '../identity/people.js';
import type { Admission, Invitation, JoinRequest } from '../groups/admission.js';
import type { Groups } from '../groups/groups.js';

type Reply = Extract<Command, { type: 'accept' | 'reject' }>;

/** Something that a word can be an answer to. */
type Waiting =
  | { kind: 'friend'; from: string }
  | { kind: 'invite'; invitations: readonly Invitation[] }
  | { kind: 'join'; wish: JoinRequest };

interface Parts {
  readonly people: People;
  readonly friends: Friends;
  readonly groups: Groups;
  readonly admission: Admission;
}

export class NameResolution {
  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  requests(ref: number): void {
    const { friends, admission, groups } = this.parts;
    const joins = admission.wishes.map(({ group, user: from }) => {
      return { kind: 'join' as const, from, group: groups.get(group)?.name ?? '' };
    });
    const invites = admission.invitations.map(({ from, word }) => {
      return { kind: 'invite' as const, from, group: word.name, note: statedIn(word) };
    });
    this.context.succeed(ref, 'requests', { requests: [...friends.requests(), ...joins, ...invites] });
  }

  reply(ref: number, command: Reply): void {
    const found = this.find(command);
    if (found.length > 1)
      return this.context.refuseWith(ref, 'AMBIGUOUS', `${command.user} (${found.map(named).join(', ')})`);
    const [one] = found;
    if (one?.kind === 'invite') return this.answerInvitations(ref, command.type, one.invitations);
    if (one?.kind === 'join') return this.answerWish(ref, command.type, one.wish);
    if (command.group !== undefined || command.nameKind === 'group')
      return this.context.refuseWith(ref, 'NO_REQUEST', command.user);
    this.parts.friends.reply(ref, command.user, command.type);
  }

  /** Finds whose history it is, and passes the name of that conversation on. */
  history(ref: number, { user, nameKind }: { user: string; nameKind?: NameKind }, then: (peer: string) => void): void {
    const peer = this.conversation(user, nameKind);
    if (peer instanceof Refusal) this.context.refuse(ref, peer);
    else then(peer);
  }

  private conversation(name: string, nameKind: NameKind | undefined): Outcome<string> {
    const group = nameKind === 'user' ? null : this.parts.groups.named(name);
    const isUser = nameKind !== 'group' && (group === null || this.parts.people.get(name) !== null);
    if (group !== null && isUser) return new Refusal('AMBIGUOUS', name);
    if (group !== null) return groupPeer(group.id);
    return nameKind === 'group' ? new Refusal('GROUP_UNKNOWN', name) : name;
  }

  private find({ user, nameKind, group }: Reply): Waiting[] {
    const { admission, friends, groups } = this.parts;
    const isHere = (id: string): boolean => group === undefined || groups.get(id)?.name === group;
    const joins = admission.wishes.filter((wish) => wish.user === user && isHere(wish.group));
    const joining = joins.map((wish): Waiting => ({ kind: 'join', wish }));
    if (group !== undefined) return joining;
    const invitations = admission.invitations.filter(({ word }) => word.name === user);
    // Anybody can invite into any group: what is answered is the group, to all who did.
    const groupIds = [...new Set(invitations.map((one) => one.group))];
    const inviting = groupIds.map((id): Waiting => {
      return { kind: 'invite', invitations: invitations.filter((one) => one.group === id) };
    });
    const asking = friends
      .requests()
      .filter(({ from }) => from === user)
      .map(({ from }): Waiting => ({ kind: 'friend', from }));
    return [...(nameKind === 'group' ? [] : [...asking, ...joining]), ...(nameKind === 'user' ? [] : inviting)];
  }

  private answerInvitations(ref: number, answer: Reply['type'], invitations: readonly Invitation[]): void {
    const { admission, groups } = this.parts;
    const [first] = invitations;
    if (!first) return;
    const { name } = first.word;
    const other = groups.named(name);
    if (answer === 'accept' && other && other.member.me !== null)
      return this.context.refuseWith(ref, 'GROUP_TAKEN', name);
    for (const invitation of invitations) {
      const { group, from, word } = invitation;
      if (answer === 'reject') admission.reject(invitation);
      else admission.wish(group, name, { head: word.head, to: [from] });
    }
    this.context.succeed(ref, answer, { user: first.from, group: name });
  }

  private answerWish(ref: number, answer: Reply['type'], wish: JoinRequest): void {
    const { admission, groups } = this.parts;
    const running = groups.get(wish.group);
    if (!running) return this.context.refuseWith(ref, 'NO_REQUEST', wish.user);
    const data = { user: wish.user, group: running.name };
    if (answer === 'reject') {
      admission.turnDown(running, wish);
      return this.context.succeed(ref, 'reject', data);
    }
    admission.admit(running, wish, (refusal) => {
      if (refusal) this.context.refuse(ref, refusal);
      else this.context.succeed(ref, 'accept', data);
    });
  }
}

/** What a yes to an invitation is a yes to. */
function statedIn({ members, public: isPublic, policy: { history } }: Invitation['word']): string {
  const seen =
    history === 'all'
      ? 'all that was said'
      : history === 'none'
        ? 'nothing of the past'
        : `the last ${history} messages`;
  return `${isPublic ? 'public' : 'private'}, members: ${members}; newcomers see ${seen}`;
}

function named(waiting: Waiting): string {
  switch (waiting.kind) {
    case 'friend':
      return 'a friend request';
    case 'invite':
      return `an invitation by ${waiting.invitations.map(({ from }) => from).join(' and ')}`;
    case 'join':
      return 'a wish to join a group';
  }
}
