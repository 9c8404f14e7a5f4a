// The oracle of the storage budget (SPEC CHAT-20): what one friend made a user store in the troubled part of a run,
// which lasts less than a day.

import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { StoredMessage } from '../../../client/engine/core/store.js';

/** `starts`: how often the program of the user started; each start may forget a step of the count. */
export interface BudgetedUser {
  readonly user: string;
  readonly messages: readonly StoredMessage[];
  readonly starts: number;
}

const FORGOTTEN_SHARE = 1 / 8;

export function overdrawn({ user, messages, starts }: BudgetedUser, bytesPerDay: number): string[] {
  const stored = new Map<string, number>();
  for (const { peer, mine, text } of messages) {
    const bytes = byteLength(text) + LIMITS.messageOverheadBytes;
    if (!mine) stored.set(peer, (stored.get(peer) ?? 0) + bytes);
  }
  const bytesMax = bytesPerDay * (1 + FORGOTTEN_SHARE * starts);
  return [...stored]
    .filter(([, bytes]) => bytes > bytesMax)
    .map(([peer, bytes]) => `[CHAT-20] ${user} has stored ${bytes} bytes of ${peer} within a day`);
}
