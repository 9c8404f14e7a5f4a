// From which entry on a member may read the messages of a group.

import type { MemberContext } from '../member-context.js';

/** The first epoch index whose messages a member may read: 0, or the index that added the member (SPEC GROUP-33). */
export function firstReadableEpoch(context: MemberContext, user: string): number {
  const member = context.log.members.get(user);
  if (member === undefined) return Infinity;
  return context.log.at(member.since)?.policy.history === 'all' ? 0 : member.since;
}
