// Checks that a simulated group converges after the last fault: one log that is ratified up to its head, one active
// leader, and the same messages at every member.

import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { GroupChecker } from './checker.js';
import type { MemberProcess } from './member-process.js';

/** A violation of convergence, null if the group has converged or cannot. */
export function convergenceViolation(honest: readonly MemberProcess[], checker: GroupChecker): string | null {
  const members = honest.flatMap((process) => (process.member?.me ? [{ process, member: process.member }] : []));
  const [first] = members;
  if (!first) return null;
  // A former member may be needed for the majority of an old configuration: then pending entries stay pending.
  const users = new Set(members.map(({ process }) => process.user));
  const { log } = first.member;
  const isPossible = log.isMajority((user) => users.has(user), log.ratified, log.position.index);
  if (!isPossible) return null;
  for (const { process, member } of members) {
    const violation = logViolation(first.member, member) ?? leaderViolation(member, honest, checker);
    if (violation !== null) return `${violation} (${process.user})`;
  }
  return messageViolation(members, checker);
}

function logViolation(first: GroupMember, { log }: GroupMember): string | null {
  if (log.head.id !== first.log.head.id) return `[GROUP-10] logs differ: ${log.position.index}/${log.term}`;
  if (log.ratified < log.position.index) return `[GROUP-6] ratified up to ${log.ratified} of ${log.position.index}`;
  return null;
}

function leaderViolation({ log }: GroupMember, honest: readonly MemberProcess[], checker: GroupChecker): string | null {
  const { leader } = log.head;
  if (checker.byzantine.has(leader)) return null;
  const isActive = honest.some(({ user, member }) => user === leader && member?.isLeader);
  return isActive ? null : `[GROUP-15] ${leader} is the leader and is not active`;
}

type Side = { readonly process: MemberProcess; readonly member: GroupMember };

/**
 * Members with the whole history have the same messages in the same order, and every confirmed message is among them.
 */
function messageViolation(members: readonly Side[], checker: GroupChecker): string | null {
  const whole = members.filter(({ member }) => hasWholeHistory(member));
  const [first] = whole;
  if (!first) return null;
  const reference = historyOf(first.process, checker);
  for (const { process } of whole) {
    const history = historyOf(process, checker);
    const at = history.findIndex((id, nth) => id !== reference[nth]);
    if (at >= 0 || history.length !== reference.length) {
      const [one, other] = [`${process.user} has ${history.length}`, `${first.process.user} ${reference.length}`];
      return `[GROUP-29] ${one} messages, ${other}, first difference at ${at}`;
    }
  }
  const ids = new Set(reference);
  for (const [id, { by, device, text }] of checker.promised) {
    // A message of a replaced device can be lost: the leader does not wait for it for ever (SPEC GROUP-47).
    const isPresent = members.some(({ process }) => process.user === by && process.device.publicKey === device);
    const isTheirs = isPresent && neverLeft(first.member, by);
    if (isTheirs && !ids.has(id)) return `[GROUP-34] a message of ${by} is lost: ${text}`;
  }
  const waits = members.find(
    ({ member, process }) => process.isUp && member.undeliveredMessages.length > 0 && checker.byzantine.size === 0,
  );
  return waits ? `[GROUP-31] ${waits.process.user} still waits for acknowledgements` : null;
}

/** The founder, or a member whose policy grants all history. */
function hasWholeHistory({ log, me }: GroupMember): boolean {
  if (me === null) return false;
  return me.since === 0 || log.at(me.since)?.policy.history === 'all';
}

function neverLeft({ log }: GroupMember, user: string): boolean {
  return log
    .entriesFrom(0)
    .every(({ entry: { op } }) => !((op.do === 'remove' || op.do === 'leave') && op.user === user));
}

function historyOf(process: MemberProcess, checker: GroupChecker): string[] {
  return process.store
    .newestVisible(1_000_000)
    .filter(({ by }) => !checker.byzantine.has(by))
    .map(({ id }) => id);
}
