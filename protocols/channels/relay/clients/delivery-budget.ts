// What the clients of one network may make the server deliver in channels [CHAN-13]. The rates of single clients do not
// bound it: one network may have thousands of clients, all in one channel.

import { Budget } from '../../../kit/bounds/budget.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

/** Deliveries that take the time of verifying and publishing one message. */
const MESSAGE_COST = 50;
/** Deliveries that take the time of answering one join, without the list of members. */
const JOIN_COST = 20;

export class DeliveryBudget {
  private readonly budget: Budget;

  /** `isLimited`: false for no limit. */
  constructor(isLimited: boolean) {
    const rates = { each: LIMITS.channelDeliveriesPerNetwork, all: LIMITS.channelDeliveriesInAll };
    this.budget = Budget.ofNetworks(isLimited ? rates : null, LIMITS.budgetNetworksMax);
  }

  /** Charges a message. `receivers`: connections that get it here. Returns the wait in ms, or 0. */
  spendMessage(network: string, receivers: number, now: Instant): number {
    return this.budget.spend(network, now, MESSAGE_COST + receivers);
  }

  /** Charges a join and the part that follows it: the list of members, and the members who are told of both. */
  spendJoin(network: string, members: number, now: Instant): number {
    return this.budget.spend(network, now, JOIN_COST + 3 * Math.min(members, LIMITS.channelCardsMax));
  }
}
