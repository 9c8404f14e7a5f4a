// How many letters a user and a network may send (protocols/session, SESS-15, SESS-27).

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import type { Budgets } from '../budgets.js';

/** The user who sends a letter, and the network of the session. */
export interface Sender {
  readonly name: string;
  readonly network: string;
}

/** What a letter is for: to open a link now; for a user who is online; or to be held. */
export type LetterUse = 'signal' | 'forward' | 'hold';

type LetterBudgets = Pick<Budgets, 'lettersOfName' | 'lettersOfNetwork' | 'signalsOfName' | 'signalsOfNetwork'>;

/**
 * Charges the sender and the network for one letter [SESS-15] [SESS-27] [LOAD-3]. False: the budget does not allow it.
 */
export function isWithinRate(
  budgets: LetterBudgets,
  { name, network, use }: Sender & { readonly use: LetterUse },
  now: Instant,
): boolean {
  const isSignal = use === 'signal';
  const ofName = isSignal ? budgets.signalsOfName : budgets.lettersOfName;
  const ofNetwork = isSignal ? budgets.signalsOfNetwork : budgets.lettersOfNetwork;
  const kept = use === 'hold' ? LIMITS.lettersKeptForOnline : 0;
  if (ofName.waitMs(name, now, 1 + kept) > 0) return false;
  return ofNetwork.spend(network, now) === 0 && ofName.spend(name, now) === 0;
}
