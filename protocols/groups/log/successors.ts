// The order in which members may succeed the leader (SPEC GROUP-15): the deputies of the policy, then seniority.

import type { AppliedEntry } from './applied-entry.js';
import type { Member } from './member-devices.js';

/** The possible successors, in order. `counts`: leaves out members that have gone although the log still lists them. */
export function successors(
  { members, leader, policy: { deputies } }: Pick<AppliedEntry, 'members' | 'leader' | 'policy'>,
  counts: (member: Member) => boolean = () => true,
): string[] {
  const rank = (name: string): number => (deputies.includes(name) ? deputies.indexOf(name) : deputies.length);
  const others = [...members.values()].filter((member) => member.user !== leader && counts(member));
  return others.sort((a, b) => rank(a.user) - rank(b.user) || a.since - b.since).map(({ user }) => user);
}
