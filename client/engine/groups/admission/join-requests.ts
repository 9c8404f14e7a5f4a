// What is stored of admissions to groups, and what decides about join requests.

import type { Static } from '../../../../protocols/kit/packages/typebox.js';
import type { RefusalCode } from '../../../../protocols/kit/refusals.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import type { GroupLetter } from '../../../../protocols/groups/frames.js';
import type { Sender } from '../groups.js';
import type { RunningGroup } from '../running-groups.js';

export type LetterBody<S> = Extract<Static<typeof GroupLetter>['body'], { type: S }>;

/** An invitation to us. Stored as it is: its field names never change. */
export interface Invitation {
  readonly group: string;
  readonly from: string;
  readonly word: LetterBody<'invite'>;
}

/** A user wants to be in a group of ours. Stored as it is. */
export interface JoinRequest {
  readonly group: string;
  readonly user: string;
  readonly record: Signed;
  readonly consent: Signed;
}

/** A head that a consent names. */
export interface Head {
  readonly index: number;
  readonly hash: string;
}

/**
 * What is stored of admissions. `wishes`: join requests to our groups. `asked`: groups we asked to be in,
 * and whom. `invited`: which users we invited.
 */
export interface KeptRequests {
  invitations: Invitation[];
  wishes: JoinRequest[];
  asked: { group: string; name: string; to: readonly string[] }[];
  invited: InvitedUser[];
}

/** `key`: the identity key that the invitation is for. */
export interface InvitedUser {
  readonly group: string;
  readonly user: string;
  readonly key: string;
}

/** True iff the last membership of this user ended by its own leave: it may still forward requests. */
export function hasLeft({ member: { log } }: RunningGroup, { user, key }: Sender): boolean {
  if (log.members.get(user)?.key === key) return true; // leaving: the entry is still to come
  const last = log.entriesFrom(0).findLast(({ entry: { op } }) => 'user' in op && op.user === user);
  if (last?.entry.op.do !== 'leave') return false;
  return log.at(last.entry.index - 1)?.members.get(user)?.key === key;
}

/** A request that was refused so is over. */
export const FINAL: readonly RefusalCode[] = ['GROUP_REFUSES', 'MEMBER_ALREADY', 'MEMBER_KEY'];
