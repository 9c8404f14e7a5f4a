// Bounds what one member can make this one read and send (SPEC GROUP-60): batches of entries and messages, and syncs.
// A member can repeat a request without limit, and a short request can cost a long answer.

import { Budget } from '../../../kit/bounds/budget.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

/** Users whose spending is remembered. */
const KEYS = { keysMax: LIMITS.groupMembersMax };

export class PeerBudget {
  private readonly batches = new Budget({ each: LIMITS.groupBatchesPerMember, all: LIMITS.groupBatchesInAll }, KEYS);
  private readonly syncs: Budget;

  /** `syncMs`: the interval in which honest members send a sync. */
  constructor(syncMs: number) {
    const perSecond = (1_000 * LIMITS.groupSyncRepliesPerInterval) / syncMs;
    this.syncs = new Budget({ each: { perSecond, burst: LIMITS.groupSyncRepliesBurst }, all: null }, KEYS);
  }

  /** Whether so many batches may be read for the user. Without budget none is, and the user asks again later. */
  takeBatches(user: string, now: Instant, count = 1): boolean {
    return this.batches.spend(user, now, count) === 0;
  }

  /** Whether a frame of the user may be answered with a sync. */
  takeSync(user: string, now: Instant): boolean {
    return this.syncs.spend(user, now) === 0;
  }
}
