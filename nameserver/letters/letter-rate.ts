// How many letters a user and a network may send (protocols/session, SESS-15).

import type { Instant } from '../../protocols/kit/machine.js';
import type { Budgets } from '../budgets.js';

/** The user who sends a letter, and the network of the session. */
export interface Sender {
  readonly name: string;
  readonly network: string;
}

/** Charges the sender and the network for one letter [SESS-15] [LOAD-3]. False: the budget does not allow it. */
export function isWithinRate(
  { lettersOfName, lettersOfNetwork }: Pick<Budgets, 'lettersOfName' | 'lettersOfNetwork'>,
  { name, network }: Sender,
  now: Instant,
): boolean {
  if (lettersOfName.waitMs(name, now) > 0) return false;
  return lettersOfNetwork.spend(network, now) === 0 && lettersOfName.spend(name, now) === 0;
}
