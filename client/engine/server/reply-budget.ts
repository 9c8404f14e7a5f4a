// How many letters this client writes because letters came (SPEC LETTER-22). Without a bound, others could spend all
// letters that the name server takes from it.

import { Budget } from '../../../protocols/kit/bounds/budget.js';
import { isSameState, type FriendshipState } from '../../../protocols/friends/friendship.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';

export class ReplyBudget {
  private readonly budget = new Budget(
    { each: LIMITS.repliesPerUser, all: LIMITS.repliesInAll },
    { keysMax: LIMITS.friendsMax },
  );

  private readonly confirmations = new Budget(
    { each: LIMITS.confirmationsPerFriend, all: null },
    { keysMax: LIMITS.friendsMax },
  );

  private readonly notices = new Budget(
    { each: LIMITS.noticesPerUser, all: LIMITS.noticesInAll },
    { keysMax: LIMITS.friendsMax },
  );

  constructor(private readonly context: Context) {}

  /** False, and no letter may answer this user now, if there were too many. */
  take(user: string): boolean {
    return this.budget.spend(user, this.context.now) === 0;
  }

  /** False, and this writer is not told of a letter that did not open, if there were too many. */
  takeNotice(writer: string): boolean {
    return this.notices.spend(writer, this.context.now) === 0;
  }

  /**
   * False if a letter about the friendship has no effect now. One that changes nothing is only answered, or confirms
   * the friendship, so that held messages leave again.
   */
  mayFollow({ name, ...state }: FriendshipState & { readonly name: string }, to: FriendshipState): boolean {
    if (!isSameState(state, to)) return true;
    return to.friendship === 'friend' ? this.confirmations.spend(name, this.context.now) === 0 : this.take(name);
  }
}
