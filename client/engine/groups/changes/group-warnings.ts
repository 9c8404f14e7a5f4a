// The texts of warnings about a group.

import type { GroupWarning } from '../../../../protocols/groups/member/member-io.js';
import { Refusal, refusalText } from '../../../../protocols/kit/refusals.js';

export const GROUP_WARNINGS: Record<GroupWarning, (group: string, text: string) => string> = {
  GROUP_FORK: (group, text) =>
    `The group ${group} has two histories, and they are not merged: ${text}. Type: members ${group}`,
  GROUP_LIAR: (group, who) => `${who} told members of ${group} different things; the members vote for another leader.`,
  GROUP_CONFLICT: (group, text) =>
    refusalText(new Refusal('GROUP_REFUSES', `two messages under one number (${group}: ${text})`)),
  TRANSFER_FAILED: (group, user) =>
    `${user} did not take the lead of the group ${group} in time, so you lead it again. Type: transfer ${group} ${user}`,
};

export function otherMemberText(group: string, user: string, fingerprint: string): string {
  const who = `${user} in the group ${group} is not the ${user} you know: the key is another one (${fingerprint}).`;
  return `${who} Messages of this member are marked, and your client sends nothing to it.`;
}
