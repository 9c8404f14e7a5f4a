// How a simulated group must be once trouble has ended: one row, ratified to its head, one leader, the same messages.

import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { GroupChecker } from './checker.js';
import type { MemberProcess } from './member-process.js';

/** What is not yet as it must become, null where all is. */
export function convergenceViolation(honest: readonly MemberProcess[], checker: GroupChecker): string | null {
  const members = honest.flatMap((who) => (who.member?.me ? [{ who, member: who.member }] : []));
  const [first] = members;
  if (!first) return null;
  // Whoever went may be needed for a majority of those times, and is not there any more: what is pending then stays so.
  const users = new Set(members.map(({ who }) => who.user));
  const { log: chain } = first.member;
  const isPossible = chain.isMajority((user) => users.has(user), chain.ratified, chain.position.index);
  if (!isPossible) return null;
  for (const { who, member } of members) {
    const trouble = rowTrouble(first.member, member) ?? leaderTrouble(member, honest, checker);
    if (trouble !== null) return `${trouble} (${who.user})`;
  }
  return messageTrouble(members, checker);
}

function rowTrouble(first: GroupMember, { log: chain }: GroupMember): string | null {
  if (chain.head.id !== first.log.head.id) return `[GROUP-10] rows differ: ${chain.position.index}/${chain.term}`;
  if (chain.ratified < chain.position.index)
    return `[GROUP-6] ratified up to ${chain.ratified} of ${chain.position.index}`;
  return null;
}

function leaderTrouble(
  { log: chain }: GroupMember,
  honest: readonly MemberProcess[],
  checker: GroupChecker,
): string | null {
  const { leader } = chain.head;
  if (checker.byzantine.has(leader)) return null;
  const isThere = honest.some(({ user, member }) => user === leader && member?.isLeader);
  return isThere ? null : `[GROUP-15] ${leader} leads and is not there`;
}

type Side = { readonly who: MemberProcess; readonly member: GroupMember };

/** Who belongs has all that was said while they did, in the same order; what was promised is among it. */
function messageTrouble(members: readonly Side[], checker: GroupChecker): string | null {
  const whole = members.filter(({ member }) => seesAll(member));
  const [first] = whole;
  if (!first) return null;
  const reference = historyOf(first.who, checker);
  for (const { who } of whole) {
    const history = historyOf(who, checker);
    const at = history.findIndex((id, nth) => id !== reference[nth]);
    if (at >= 0 || history.length !== reference.length) {
      const [one, other] = [`${who.user} has ${history.length}`, `${first.who.user} ${reference.length}`];
      return `[GROUP-29] ${one} messages, ${other}, unlike from ${at}`;
    }
  }
  const ids = new Set(reference);
  for (const [id, { by, text }] of checker.promised) {
    const isTheirs = members.some(({ who }) => who.user === by) && belongedAlways(first.member, by);
    if (isTheirs && !ids.has(id)) return `[GROUP-34] what ${by} said is lost: ${text}`;
  }
  const waits = members.find(
    ({ member, who }) => who.isUp && member.undeliveredMessages.length > 0 && checker.byzantine.size === 0,
  );
  return waits ? `[GROUP-31] ${waits.who.user} still waits for acknowledgements` : null;
}

/** Belonged from the beginning, or sees all of the past. */
function seesAll({ log: chain, me }: GroupMember): boolean {
  if (me === null) return false;
  return me.since === 0 || chain.at(me.since)?.policy.history === 'all';
}

function belongedAlways({ log: chain }: GroupMember, user: string): boolean {
  return chain
    .entriesFrom(0)
    .every(({ entry: { op } }) => !((op.do === 'remove' || op.do === 'leave') && op.user === user));
}

function historyOf(who: MemberProcess, checker: GroupChecker): string[] {
  return who.store
    .newestVisible(1_000_000)
    .filter(({ by }) => !checker.byzantine.has(by))
    .map(({ id }) => id);
}
