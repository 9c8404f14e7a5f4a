// The number of unread messages, by friend and by group (`group:lake`). What the client says replaces what was counted.

import type { GroupSummary } from '../../../protocols/control/commands/groups.js';
import type { FriendSummary } from '../../../protocols/control/commands/people.js';

const GROUP = 'group:';
const NAMED_MAX = 3;
/** The summary is part of the prompt, which leaves room for what the user types in a narrow window. */
const SUMMARY_MAX = 28;

export class UnreadCounts {
  private counts = new Map<string, number>();

  /** Replaces the counts of all friends by those of the client. */
  setFriends(friends: readonly FriendSummary[]): void {
    this.replace(
      (from) => !from.startsWith(GROUP),
      friends.map(({ user, unread }) => [user, unread] as const),
    );
  }

  /** The same for all groups. */
  setGroups(groups: readonly GroupSummary[]): void {
    const mine = groups.filter((one) => one.mine);
    this.replace(
      (from) => from.startsWith(GROUP),
      mine.map(({ group, unread }) => [GROUP + group, unread] as const),
    );
  }

  add(from: string): void {
    this.counts.set(from, (this.counts.get(from) ?? 0) + 1);
  }

  clear(user: string): void {
    this.counts.delete(user);
  }

  /** `bob 2, carol 1`; only the sum if there are many senders or long names; empty without unread messages. */
  summary(): string {
    const named = [...this.counts].map(([user, count]) => `${user} ${count}`).join(', ');
    if (this.counts.size <= NAMED_MAX && named.length <= SUMMARY_MAX) return named;
    return `${[...this.counts.values()].reduce((sum, count) => sum + count, 0)} unread`;
  }

  private replace(isReplaced: (from: string) => boolean, counts: readonly (readonly [string, number])[]): void {
    const kept = [...this.counts].filter(([from]) => !isReplaced(from));
    this.counts = new Map([...kept, ...counts.filter(([, count]) => count > 0)]);
  }
}
