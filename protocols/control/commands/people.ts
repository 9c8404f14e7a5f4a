// Commands about people: users, friends, requests that wait for an answer, safety numbers.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { CommandsOf, Confirmable, Nothing } from '../command-map.js';
import { userOrGroup, type NameKind } from '../line/checks.js';
import { NO_ARGUMENTS, USER, YES_FLAG, yesOf, type Argument, type CommandEntry } from '../line/grammar.js';
import type { ParsedArguments } from '../line/grammar.js';

export interface FriendSummary {
  readonly user: string;
  readonly online: boolean;
  readonly lastSeen: string | null;
  readonly unread: number;
  readonly verified: boolean;
  /** `asked`: the user has not answered our friend request yet. */
  readonly state: 'friend' | 'asked' | 'blocked';
}

/** `user`: a user, or a group if `nameKind` allows it. `group`: the group that the user asks to join. */
interface RequestReply {
  user: string;
  nameKind?: NameKind;
  group?: string;
}

type PendingRequest = { kind: 'friend' | 'join' | 'invite'; from: string; group?: string; note?: string };

export interface PeopleCommandMap {
  lookup: {
    command: { user: string };
    answer: { user: string; online: boolean; lastSeen: string | null; key: string; fingerprint: string };
  };
  who: { command: Nothing; answer: { users: string[] } };
  list: { command: Nothing; answer: { friends: FriendSummary[] } };
  update: { command: Nothing; answer: { updated: number } };
  /** `later`: you are offline, and the request leaves once you are online. */
  add: { command: { user: string; note: string }; answer: { user: string; later?: true } };
  requests: { command: Nothing; answer: { requests: PendingRequest[] } };
  accept: { command: RequestReply; answer: { user: string; group?: string } };
  reject: { command: RequestReply; answer: { user: string; group?: string } };
  block: { command: { user: string }; answer: { user: string } };
  unblock: { command: { user: string }; answer: { user: string } };
  remove: { command: { user: string } & Confirmable; answer: { user: string } };
  verify: {
    /** `confirm`: the sixty digits that the user compared. `reject`: keep the pinned key. At most one of the two. */
    command: { user: string; confirm: string | null; reject: boolean };
    /** `claimed`: the number under the key that the name server lists, if it is not the pinned key. */
    answer: { safetyNumber: string; claimed: string | null; verified: boolean };
  };
}

type PeopleCommand = CommandsOf<PeopleCommandMap>;

const PEOPLE = { ...NO_ARGUMENTS, section: 'People' } as const;
const ONE_USER = { ...PEOPLE, arguments: [USER] };
const PARTY: Argument = { kind: 'party', name: 'name' };

export const PEOPLE_COMMANDS: readonly CommandEntry<PeopleCommand>[] = [
  {
    ...ONE_USER,
    name: 'lookup',
    summary: 'show a user: online or last seen, and the fingerprint',
    example: 'lookup bob',
    parse: ({ word }) => ({ type: 'lookup', user: word('user') }),
  },
  {
    ...PEOPLE,
    name: 'who',
    summary: 'list users who are online, as many as the name server lists',
    example: 'who',
    parse: () => ({ type: 'who' }),
  },
  {
    ...PEOPLE,
    name: 'list',
    summary: 'list your friends: who is online, how many messages are unread',
    example: 'list',
    parse: () => ({ type: 'list' }),
  },
  {
    ...PEOPLE,
    name: 'update',
    summary: 'ask the name server for news about all friends',
    example: 'update',
    parse: () => ({ type: 'update' }),
  },
  {
    ...PEOPLE,
    name: 'add',
    arguments: [USER, { kind: 'text', name: 'note', isOptional: true }],
    summary: 'send a friend request; it arrives even if the user is offline now',
    example: 'add bob we met at the lake',
    parse: ({ word }) => add(word('user'), word('note')),
  },
  {
    ...PEOPLE,
    name: 'requests',
    summary: 'list requests and invitations that wait for your answer',
    example: 'requests',
    parse: () => ({ type: 'requests' }),
  },
  {
    ...PEOPLE,
    name: 'accept',
    arguments: [PARTY, { kind: 'group', name: 'group', isOptional: true }],
    summary: 'accept a friend request, an invitation, or a request to join your group',
    example: 'accept bob',
    parse: (parsed) => ({ type: 'accept', ...reply(parsed) }),
  },
  {
    ...PEOPLE,
    name: 'reject',
    arguments: [PARTY, { kind: 'group', name: 'group', isOptional: true }],
    summary: 'reject a friend request, an invitation, or a request to join your group',
    example: 'reject bob',
    parse: (parsed) => ({ type: 'reject', ...reply(parsed) }),
  },
  {
    ...ONE_USER,
    name: 'block',
    summary: 'drop everything a user sends you; the user is not told',
    example: 'block bob',
    parse: ({ word }) => ({ type: 'block', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'unblock',
    summary: 'let a blocked user reach you again',
    example: 'unblock bob',
    parse: ({ word }) => ({ type: 'unblock', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'remove',
    flags: [YES_FLAG],
    summary: 'end a friendship, for both of you',
    example: 'remove bob',
    parse: ({ word, flag }) => ({ type: 'remove', user: word('user'), ...yesOf(flag) }),
  },
  {
    ...ONE_USER,
    name: 'verify',
    flags: [{ name: '--confirm', value: 'NUMBER', takesRest: true }, { name: '--reject' }],
    summary: 'show the safety number you share; --confirm: you compared it; --reject: keep the old key',
    example: 'verify bob',
    parse: (parsed) => verify(parsed),
  },
];

function add(user: string, note: string): Outcome<PeopleCommand> {
  const fits = byteLength(note) <= LIMITS.noteBytes;
  return fits ? { type: 'add', user, note } : new Refusal('TEXT_TOO_LONG', 'a note has at most 1 KiB');
}

const SAFETY_NUMBER = /^\d{60}$/;

function verify({ word, flag }: ParsedArguments): Outcome<PeopleCommand> | null {
  const user = word('user');
  const confirmed = flag('--confirm');
  const reject = flag('--reject') !== null;
  if (confirmed === null) return { type: 'verify', user, confirm: null, reject };
  const digits = confirmed.replace(/[\s-]/g, '');
  if (!SAFETY_NUMBER.test(digits)) return new Refusal('SAFETY_NUMBER_NEEDED', user);
  return reject ? null : { type: 'verify', user, confirm: digits, reject };
}

function reply({ word }: ParsedArguments): RequestReply {
  const group = word('group');
  return { ...userOrGroup(word('name')), ...(group === '' ? {} : { group }) };
}
