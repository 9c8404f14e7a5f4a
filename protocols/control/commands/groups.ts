// Commands about groups: create, join, leave, write to all members, decide as the leader.

import { LIMITS } from '../../kit/limits.js';
import type { Outcome } from '../../kit/refusals.js';
import type { CommandsOf, Confirmable, Nothing } from '../command-map.js';
import { messageProblem, wholeNumber } from '../line/checks.js';
import { FILE, NO_ARGUMENTS, TEXT, USER, YES_FLAG, yesOf, type Argument, type CommandEntry } from '../line/grammar.js';
import type { ParsedArguments } from '../line/grammar.js';
import type { MessageState } from './messages.js';

/** A member of a group whose key is not the one that is known for this name. */
export interface OtherMember {
  readonly user: string;
  /** Of the key in the group. */
  readonly fingerprint: string;
}

export interface GroupSummary {
  readonly group: string;
  readonly public: boolean;
  readonly leader: string;
  /** The leader is not the user you know by that name: the fingerprint of the leader's key. */
  readonly otherKey?: string;
  readonly members: number;
  readonly mine: boolean;
  readonly unread: number;
}

/** A decision that too few members have confirmed so far. */
export interface PendingChange {
  readonly does: string;
  readonly user: string;
}

interface MembersAnswer {
  readonly group: string;
  readonly leader: string;
  readonly members: string[];
  /** Members who are not the users you know by these names. */
  readonly others?: OtherMember[];
  /** When the leader took over, ISO 8601 UTC. */
  readonly since: string;
  readonly term: number;
  readonly pending: PendingChange[];
  /** Log heads that contradict each other: proof that a leader lied. */
  readonly forks: { readonly mine: string; readonly theirs: string }[];
}

/**
 * `liar`: the leader who is proved to have lied, or null. `fingerprint`: of the key that signed the lie. The reader has
 * to compare it with the fingerprint of that user.
 */
interface EvidenceAnswer {
  readonly group: string;
  readonly path: string;
  readonly liar: string | null;
  readonly fingerprint: string | null;
}

/** `history`: how many earlier messages new members get; null for the default. */
interface NewGroup {
  group: string;
  isPublic: boolean;
  history: 'none' | 'all' | number | null;
}

interface OneGroup {
  group: string;
}

interface GroupAndUser {
  group: string;
  user: string;
}

export interface GroupCommandMap {
  create_group: { command: NewGroup; answer: { group: string; public: boolean } };
  groups: { command: Nothing; answer: { groups: GroupSummary[] } };
  members: { command: OneGroup; answer: MembersAnswer };
  group: { command: OneGroup; answer: { group: string; members: number; unread: number } };
  broadcast: { command: { group: string; text: string }; answer: { id: string; state: MessageState } };
  /** `asked`: the member who decides. */
  join_group: { command: OneGroup; answer: { group: string; asked: string } };
  /** `byVote`: the leader leaves without naming a successor. */
  leave_group: { command: { group: string; byVote: boolean } & Confirmable; answer: OneGroup };
  invite: { command: GroupAndUser; answer: GroupAndUser };
  remove_member: { command: GroupAndUser & Confirmable; answer: GroupAndUser };
  transfer: { command: GroupAndUser; answer: GroupAndUser };
  /** `check`: read a file instead of writing one. */
  evidence: { command: { group: string; file: string; check: boolean }; answer: EvidenceAnswer };
}

export type GroupCommand = CommandsOf<GroupCommandMap>;

const GROUP: Argument = { kind: 'group', name: 'group' };
const GROUPS = { ...NO_ARGUMENTS, section: 'Groups' } as const;
const ONE_GROUP = { ...GROUPS, arguments: [GROUP] };
const GROUP_AND_USER = { ...GROUPS, arguments: [GROUP, USER] };

export const GROUP_COMMANDS: readonly CommandEntry<GroupCommand>[] = [
  {
    ...GROUPS,
    name: 'create_group',
    arguments: [GROUP, { kind: 'id', name: '0|1', isOptional: true }],
    flags: [{ name: '--history', value: 'none|N|all' }],
    summary: 'create a group: 1 public (the default), 0 private; --history: how many earlier messages new members get',
    example: 'create_group lake 0 --history 50',
    parse: createGroup,
  },
  {
    ...GROUPS,
    name: 'groups',
    summary: 'list your groups and the public groups',
    example: 'groups',
    parse: () => ({ type: 'groups' }),
  },
  {
    ...ONE_GROUP,
    name: 'members',
    summary: 'show the leader and the members of a group, and changes that are not confirmed yet',
    example: 'members lake',
    parse: ({ word }) => ({ type: 'members', group: word('group') }),
  },
  {
    ...ONE_GROUP,
    name: 'group',
    summary: 'open a group: every line you type is sent to all members, until /exit',
    example: 'group lake',
    parse: ({ word }) => ({ type: 'group', group: word('group') }),
  },
  {
    ...GROUPS,
    name: 'broadcast',
    arguments: [GROUP, TEXT],
    summary: 'send one message to all members of a group',
    example: 'broadcast lake the ice holds',
    parse: ({ word }) => broadcast(word('group'), word('text')),
  },
  {
    ...ONE_GROUP,
    name: 'join_group',
    summary: 'ask to join a public group',
    example: 'join_group lake',
    parse: ({ word }) => ({ type: 'join_group', group: word('group') }),
  },
  {
    ...ONE_GROUP,
    name: 'leave_group',
    flags: [{ name: '--vote' }, YES_FLAG],
    summary: 'leave a group; --vote: you lead it, and the members elect the next leader',
    example: 'leave_group lake',
    parse: ({ word, flag }) => {
      return { type: 'leave_group', group: word('group'), byVote: flag('--vote') !== null, ...yesOf(flag) };
    },
  },
  {
    ...GROUP_AND_USER,
    name: 'invite',
    summary: 'invite a user to a group you lead',
    example: 'invite lake bob',
    parse: ({ word }) => ({ type: 'invite', group: word('group'), user: word('user') }),
  },
  {
    ...GROUP_AND_USER,
    name: 'remove_member',
    flags: [YES_FLAG],
    summary: 'remove a member from a group you lead',
    example: 'remove_member lake bob',
    parse: ({ word, flag }) => {
      return { type: 'remove_member', group: word('group'), user: word('user'), ...yesOf(flag) };
    },
  },
  {
    ...GROUP_AND_USER,
    name: 'transfer',
    summary: 'make a member the leader of a group you lead',
    example: 'transfer lake bob',
    parse: ({ word }) => ({ type: 'transfer', group: word('group'), user: word('user') }),
  },
  {
    ...ONE_GROUP,
    name: 'evidence',
    arguments: [GROUP, FILE],
    flags: [{ name: '--check' }],
    summary: 'save the proof that a leader lied, for others to check; --check: check such a file',
    example: 'evidence lake lake-fork.json',
    parse: ({ word, flag }) => {
      return { type: 'evidence', group: word('group'), file: word('file'), check: flag('--check') !== null };
    },
  },
];

/** One message to a group. Lines typed in a group become this too. */
export function broadcast(group: string, text: string): Outcome<GroupCommand> {
  return messageProblem(text) ?? { type: 'broadcast', group, text };
}

/** Null if `0|1` or the history is something else. */
function createGroup({ word, flag }: ParsedArguments): GroupCommand | null {
  const isPublic = word('0|1') || '1';
  if (isPublic !== '0' && isPublic !== '1') return null;
  const history = historyOf(flag('--history'));
  return history === undefined
    ? null
    : { type: 'create_group', group: word('group'), isPublic: isPublic === '1', history };
}

/** Undefined if it is neither `none`, `all` nor a number in range. */
function historyOf(typed: string | null): NewGroup['history'] | undefined {
  if (typed === null || typed === 'none' || typed === 'all') return typed;
  const messages = wholeNumber(typed);
  return messages !== null && messages >= 1 && messages <= LIMITS.groupHistoryMax ? messages : undefined;
}
