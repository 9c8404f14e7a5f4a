// Commands about groups, as a person types them.

import { LIMITS } from '../kit/limits.js';
import type { Argument, CommandEntry, ParsedArguments } from './line/grammar.js';
import type { GroupCommand } from './group-command.js';
import { broadcast } from './line/meaning.js';

const GROUP: Argument = { kind: 'group', name: 'group' };
const USER: Argument = { kind: 'user', name: 'user' };
const TEXT: Argument = { kind: 'text', name: 'text' };
const ONE_GROUP = { aliases: [], arguments: [GROUP], flags: [], section: 'Groups' } as const;
const GROUP_AND_USER = { aliases: [], arguments: [GROUP, USER], flags: [], section: 'Groups' } as const;

export const GROUP_COMMANDS: readonly CommandEntry[] = [
  {
    ...ONE_GROUP,
    name: 'create_group',
    arguments: [GROUP, { kind: 'id', name: '0|1', isOptional: true }],
    flags: [{ name: '--history', value: 'none|N|all' }],
    summary: 'make a group: 1 public (usual), 0 private; --history: what newcomers see of the past',
    example: 'create_group lake 0 --history 50',
    parse: created,
  },
  {
    ...ONE_GROUP,
    name: 'groups',
    arguments: [],
    summary: 'your groups, and the public ones',
    example: 'groups',
    parse: () => ({ type: 'groups' }),
  },
  {
    ...ONE_GROUP,
    name: 'members',
    summary: 'who is in a group, who leads it, and what is not yet confirmed',
    example: 'members lake',
    parse: ({ word }) => ({ type: 'members', group: word('group') }),
  },
  {
    ...ONE_GROUP,
    name: 'group',
    summary: 'open a group: lines go to everybody in it until /exit',
    example: 'group lake',
    parse: ({ word }) => ({ type: 'group', group: word('group') }),
  },
  {
    ...ONE_GROUP,
    name: 'broadcast',
    arguments: [GROUP, TEXT],
    summary: 'one message to everybody in a group',
    example: 'broadcast lake the ice holds',
    parse: ({ word }) => broadcast(word('group'), word('text')),
  },
  {
    ...ONE_GROUP,
    name: 'join_group',
    summary: 'ask to be let into a public group',
    example: 'join_group lake',
    parse: ({ word }) => ({ type: 'join_group', group: word('group') }),
  },
  {
    ...ONE_GROUP,
    name: 'leave_group',
    flags: [{ name: '--vote' }],
    summary: 'leave a group; --vote: though you lead it, and the members elect',
    example: 'leave_group lake',
    parse: ({ word, flag }) => ({ type: 'leave_group', group: word('group'), byVote: flag('--vote') !== null }),
  },
  {
    ...GROUP_AND_USER,
    name: 'invite',
    summary: 'ask somebody into a group you lead',
    example: 'invite lake bob',
    parse: ({ word }) => ({ type: 'invite', group: word('group'), user: word('user') }),
  },
  {
    ...GROUP_AND_USER,
    name: 'remove_member',
    summary: 'remove somebody from a group you lead',
    example: 'remove_member lake bob',
    parse: ({ word }) => ({ type: 'remove_member', group: word('group'), user: word('user') }),
  },
  {
    ...GROUP_AND_USER,
    name: 'transfer',
    summary: 'hand a group you lead over to a member',
    example: 'transfer lake bob',
    parse: ({ word }) => ({ type: 'transfer', group: word('group'), user: word('user') }),
  },
  {
    ...ONE_GROUP,
    name: 'evidence',
    arguments: [GROUP, { kind: 'file', name: 'file' }],
    flags: [{ name: '--check' }],
    summary: 'write down how a leader lied, for others to check; --check looks into such a file',
    example: 'evidence lake lake-fork.json',
    parse: ({ word, flag }) => {
      return { type: 'evidence', group: word('group'), file: word('file'), check: flag('--check') !== null };
    },
  },
];

/** Null where a word makes no sense. */
function created({ word, flag }: ParsedArguments): GroupCommand | null {
  const isPublic = word('0|1') || '1';
  const typed = flag('--history');
  const history = typed === null || typed === 'none' || typed === 'all' ? typed : Number(typed);
  const isNumber = typeof history === 'number';
  if ((isPublic !== '0' && isPublic !== '1') || (isNumber && !(history >= 1 && history <= LIMITS.groupHistoryMax)))
    return null;
  if (isNumber && !Number.isInteger(history)) return null;
  return { type: 'create_group', group: word('group'), isPublic: isPublic === '1', history };
}
