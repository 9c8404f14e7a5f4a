// How many one-time keys a user and a network get, and how many of one device are given (protocols/session, SESS-29).

import type { Instant } from '../../protocols/kit/machine.js';
import type { Budgets } from '../budgets.js';
import type { Mailbox } from '../store/registry-store.js';
import type { Sender } from './letter-rate.js';

/** Charges all budgets for one key. False: one of them does not allow it, and none was charged. */
export function mayTakeOneTimeKey(
  { oneTimeKeysOfPair, oneTimeKeysOfName, oneTimeKeysOfNetwork, oneTimeKeysOfDevice }: Budgets,
  { mailbox: { device }, from: { name, network } }: { readonly mailbox: Mailbox; readonly from: Sender },
  now: Instant,
): boolean {
  const charges = [
    [oneTimeKeysOfPair, `${name} ${device}`],
    [oneTimeKeysOfName, name],
    [oneTimeKeysOfNetwork, network],
    [oneTimeKeysOfDevice, device],
  ] as const;
  if (charges.some(([budget, key]) => budget.waitMs(key, now) > 0)) return false;
  for (const [budget, key] of charges) budget.spend(key, now);
  return true;
}
