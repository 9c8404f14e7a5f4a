// The number of unread messages by sender.

import type { FriendSummary } from '../../../protocols/control/commands/people.js';

const NAMED_MAX = 3;

export class UnreadCounts {
  private counts = new Map<string, number>();

  /** Replaces all counts by those of the client. */
  setAll(friends: readonly FriendSummary[]): void {
    this.counts = new Map(friends.filter(({ unread }) => unread > 0).map(({ user, unread }) => [user, unread]));
  }

  add(from: string): void {
    this.counts.set(from, (this.counts.get(from) ?? 0) + 1);
  }

  clear(user: string): void {
    this.counts.delete(user);
  }

  /** `bob 2, carol 1`; only the sum if there are many senders; empty without unread messages. */
  summary(): string {
    if (this.counts.size <= NAMED_MAX) return [...this.counts].map(([user, count]) => `${user} ${count}`).join(', ');
    return `${[...this.counts.values()].reduce((sum, count) => sum + count, 0)} unread`;
  }
}
