// Canned answers to commands about groups.

import type { GroupCommand } from '../../../../protocols/control/commands/groups.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';

export function groupAnswer(command: GroupCommand) {
  if (command.type === 'groups') return { groups: GROUPS };
  const { group } = command;
  switch (command.type) {
    case 'broadcast':
      return group === 'lake' ? { id: 'g1', state: 'queued' as const } : new Refusal('GROUP_UNKNOWN', group);
    case 'members':
      if (group === 'hill') return HILL;
      return group === 'lake' ? LAKE : new Refusal('GROUP_UNKNOWN', group);
    case 'group':
      return { group, members: 3, unread: 0 };
    case 'create_group':
      return { group, public: command.isPublic };
    case 'join_group':
      return { group, asked: 'bob' };
    case 'leave_group':
      return group === 'lake' ? { group } : new Refusal('LEADER_LEAVES', group);
    case 'evidence':
      return { group, path: command.file, liar: 'bob', fingerprint: 'amber fox lamp river stone wolf' };
    default:
      return { group, user: command.user };
  }
}

const GROUPS = [
  { group: 'lake', public: true, leader: 'bob', members: 3, mine: true, unread: 2 },
  { group: 'hill', public: true, leader: 'dave', members: 1, mine: false, unread: 0 },
];

const HILL = {
  group: 'hill',
  leader: 'dave',
  members: ['dave', 'alice'],
  others: [{ user: 'dave', fingerprint: 'amber fox lamp river stone wolf' }],
  since: '2026-11-19T08:30:00.000Z',
  term: 0,
  pending: [],
  forks: [],
};

const LAKE = {
  group: 'lake',
  leader: 'bob',
  members: ['bob', 'alice', 'carol'],
  since: '2026-11-19T08:30:00.000Z',
  term: 1,
  pending: [{ does: 'add', user: 'carol' }],
  forks: [],
};
