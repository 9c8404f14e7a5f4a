// Requests and the answers to them, where a name may mean a user or a group (docs/contract.md): `requests`, `accept`,
// `reject`.

import type { Context } from '../core/context.js';
import type { CommandOf, Part } from '../core/part.js';
import type { Friends } from '../friends/friends.js';
import type { Admission } from '../groups/admission/admission.js';
import type { Invitation, JoinRequest } from '../groups/admission/join-requests.js';
import type { RunningGroups } from '../groups/running-groups.js';

type Reply = CommandOf<'accept' | 'reject'>;

/** What an answer can be about. */
type PendingRequest =
  | { type: 'friend'; from: string }
  | { type: 'invite'; invitations: readonly Invitation[] }
  | { type: 'join'; request: JoinRequest };

interface Dependencies {
  readonly friends: Friends;
  readonly running: RunningGroups;
  readonly admission: Admission;
}

export class NameResolution implements Part {
  readonly commands = {
    requests: (ref: number) => this.requests(ref),
    accept: (ref: number, command: CommandOf<'accept'>) => this.reply(ref, command),
    reject: (ref: number, command: CommandOf<'reject'>) => this.reply(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  private requests(ref: number): void {
    const { friends, admission, running } = this.parts;
    const joins = admission.joinRequests.map(({ group, user: from }) => {
      return { kind: 'join' as const, from, group: running.nameOf(group) ?? '' };
    });
    const invites = admission.invitations.map(({ from, word }) => {
      return { kind: 'invite' as const, from, group: word.name, note: termsOf(word) };
    });
    this.context.succeed(ref, 'requests', { requests: [...friends.requests(), ...joins, ...invites] });
  }

  private reply(ref: number, command: Reply): void {
    const found = this.find(command);
    if (found.length > 1)
      return this.context.refuseWith(ref, 'AMBIGUOUS', `${command.user} (${found.map(describe).join(', ')})`);
    const [one] = found;
    if (one?.type === 'invite') return this.answerInvitations(ref, command.type, one.invitations);
    if (one?.type === 'join') return this.answerJoin(ref, command.type, one.request);
    if (command.group !== undefined || command.nameKind === 'group')
      return this.context.refuseWith(ref, 'NO_REQUEST', command.user);
    this.parts.friends.reply(ref, command.user, command.type);
  }

  private find({ user, nameKind, group }: Reply): PendingRequest[] {
    const { admission, friends, running } = this.parts;
    const isNamed = (id: string): boolean => group === undefined || running.nameOf(id) === group;
    const joins = admission.joinRequests.filter((request) => request.user === user && isNamed(request.group));
    const joining = joins.map((request): PendingRequest => ({ type: 'join', request }));
    const all = admission.invitations;
    // `accept alice lake` is the invitation of one member, `accept lake` of all who invited.
    const named = all.filter(({ from, word }) =>
      group === undefined ? word.name === user : from === user && word.name === group,
    );
    if (group !== undefined) return [...joining, ...asInvitations(named)];
    const asking = friends
      .requests()
      .filter(({ from }) => from === user)
      .map(({ from }): PendingRequest => ({ type: 'friend', from }));
    const found = [
      ...(nameKind === 'group' ? [] : [...asking, ...joining]),
      ...(nameKind === 'user' ? [] : asInvitations(named)),
    ];
    if (found.length > 0 || nameKind === 'group') return found;
    return asInvitations(all.filter(({ from }) => from === user)); // `accept alice` where alice only invited
  }

  private answerInvitations(ref: number, answer: Reply['type'], invitations: readonly Invitation[]): void {
    const { admission, running } = this.parts;
    const [first] = invitations;
    if (!first) return;
    const { name } = first.word;
    const other = running.named(name);
    if (answer === 'accept' && other && other.member.me !== null)
      return this.context.refuseWith(ref, 'GROUP_TAKEN', name);
    for (const invitation of invitations) {
      const { group, from, word } = invitation;
      if (answer === 'reject') admission.reject(invitation);
      else admission.requestJoin(group, name, { head: word.head, to: [from] });
    }
    this.context.succeed(ref, answer, { user: first.from, group: name });
  }

  private answerJoin(ref: number, answer: Reply['type'], request: JoinRequest): void {
    const { admission, running } = this.parts;
    const group = running.get(request.group);
    if (!group) return this.context.refuseWith(ref, 'NO_REQUEST', request.user);
    const data = { user: request.user, group: group.name };
    if (answer === 'reject') {
      admission.decline(group, request);
      return this.context.succeed(ref, 'reject', data);
    }
    admission.admit(group, request, (refusal) => {
      if (refusal) this.context.refuse(ref, refusal);
      else this.context.succeed(ref, 'accept', data);
    });
  }
}

/** Several users may invite to one group: one answer goes to all of them. */
function asInvitations(invitations: readonly Invitation[]): PendingRequest[] {
  const groupIds = [...new Set(invitations.map((one) => one.group))];
  return groupIds.map((id) => ({ type: 'invite', invitations: invitations.filter((one) => one.group === id) }));
}

/** What the user accepts with an invitation. */
function termsOf({ members, public: isPublic, policy: { history } }: Invitation['word']): string {
  const seen =
    history === 'all'
      ? 'all that was said'
      : history === 'none'
        ? 'nothing of the past'
        : `the last ${history} messages`;
  return `${isPublic ? 'public' : 'private'}, members: ${members}; newcomers see ${seen}`;
}

function describe(request: PendingRequest): string {
  switch (request.type) {
    case 'friend':
      return 'a friend request';
    case 'invite':
      return `an invitation by ${request.invitations.map(({ from }) => from).join(' and ')}`;
    case 'join':
      return 'a wish to join a group';
  }
}
