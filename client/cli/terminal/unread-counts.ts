// How many messages of whom wait to be read.

import type { FriendSummary } from '../../../protocols/control/commands/people.js';

const NAMED_MAX = 3;

export class UnreadCounts {
  private counts = new Map<string, number>();

  /** What the engine says holds. */
  listed(friends: readonly FriendSummary[]): void {
    this.counts = new Map(friends.filter(({ unread }) => unread > 0).map(({ user, unread }) => [user, unread]));
  }

  came(from: string): void {
    this.counts.set(from, (this.counts.get(from) ?? 0) + 1);
  }

  opened(user: string): void {
    this.counts.delete(user);
  }

  /** `bob 2, carol 1`; only the sum where there are many; empty where nothing waits. */
  summary(): string {
    if (this.counts.size <= NAMED_MAX) return [...this.counts].map(([user, count]) => `${user} ${count}`).join(', ');
    return `${[...this.counts.values()].reduce((sum, count) => sum + count, 0)} unread`;
  }
}
