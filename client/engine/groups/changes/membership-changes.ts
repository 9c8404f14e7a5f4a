// What changed in a group between two moments: who joined, left or was removed, and who leads.

import type { GroupChange } from '../../../../protocols/control/event.js';
import type { MembershipLog } from '../../../../protocols/groups/log/membership-log.js';

/** A leader and the members. */
export interface GroupRoll {
  readonly leader: string;
  readonly members: readonly string[];
}

export function membershipChanges(before: GroupRoll, log: MembershipLog): GroupChange[] {
  const { leader } = log.head;
  const joined = [...log.members.keys()].filter((user) => !before.members.includes(user));
  const gone = before.members.filter((user) => !log.members.has(user));
  return [
    ...gone.map((user): GroupChange => ({ user, change: endOf(user, log) })),
    ...joined.map((user): GroupChange => ({ user, change: 'joined' })),
    ...(leader === before.leader ? [] : [{ user: leader, change: 'leads' as const }]),
  ];
}

/** How the last membership of a user ended. An `add` that a takeover replaced counts as a removal. */
function endOf(user: string, log: MembershipLog): 'left' | 'removed' {
  const last = log.entriesFrom(0).findLast(({ entry: { op } }) => 'user' in op && op.user === user);
  return last?.entry.op.do === 'leave' ? 'left' : 'removed';
}

/** The roll in a text of `Groups.membershipOf`: the leader, the members, an empty word, and what follows. */
export function rollOf(text: string): GroupRoll {
  const [leader = '', ...rest] = text.split(' ');
  return { leader, members: rest.slice(0, rest.indexOf('')) };
}
