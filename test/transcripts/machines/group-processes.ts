// What a transcript of group members asks of a process: its member, and the two directions of a link.

import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { MemberProcess } from '../../sim/groups/member-process.js';

/** Throws if the process has no group. */
export function memberOf({ user, member }: MemberProcess): GroupMember {
  if (member === null) throw new Error(`${user} has no group`);
  return member;
}

export function bothDirections(a: string, b: string): [string, string][] {
  return [
    [a, b],
    [b, a],
  ];
}
