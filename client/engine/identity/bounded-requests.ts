// Requests that wait for the user, in a list of bounded length (SPEC GROUP-53), and the newer of two records.

import { recordShape } from '../../../protocols/directory/record.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';

/**
 * The requests that stay when another one comes; null if there is no room for it. Any user can make up names, so a
 * request of a friend replaces the oldest one of a user who is none.
 */
export function withRoom<T>(kept: readonly T[], isOfFriend: boolean, isFriend: (of: T) => boolean): T[] | null {
  if (kept.length < LIMITS.groupRequestsMax) return [...kept];
  const oldest = kept.findIndex((one) => !isFriend(one));
  return isOfFriend && oldest >= 0 ? kept.toSpliced(oldest, 1) : null;
}

/** Two records of one user: the one with the higher version. Both were verified, or will be. */
export function newerRecord(a: Signed, b: Signed): Signed {
  const versionOf = ({ payload }: Signed): number => {
    const record = parseJson(payload);
    return recordShape.accepts(record) ? record.version : 0;
  };
  return versionOf(b) > versionOf(a) ? b : a;
}
