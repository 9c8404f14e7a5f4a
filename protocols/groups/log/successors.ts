// Who leads after whom (SPEC GROUP-15): the order of the policy, then seniority.

import type { Member, AppliedEntry } from './applied-entry.js';

/** The members who may take over, in order; `counts` leaves out who is gone though the row does not say so yet. */
export function successors(
  { members, leader, policy: { deputies } }: Pick<AppliedEntry, 'members' | 'leader' | 'policy'>,
  counts: (member: Member) => boolean = () => true,
): string[] {
  const place = (name: string): number => (deputies.includes(name) ? deputies.indexOf(name) : deputies.length);
  const others = [...members.values()].filter((member) => member.user !== leader && counts(member));
  return others.sort((a, b) => place(a.user) - place(b.user) || a.since - b.since).map(({ user }) => user);
}
