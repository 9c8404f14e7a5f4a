// Commands about groups, what they are answered with, and what a group has to tell.

import type { MessageState } from './answer.js';

/** `history`: what newcomers see; null for what is usual. */
export type GroupCommand =
  | { type: 'create_group'; group: string; isPublic: boolean; history: 'none' | 'all' | number | null }
  | { type: 'groups' }
  | { type: 'members'; group: string }
  | { type: 'group'; group: string }
  | { type: 'join_group'; group: string }
  /** `byVote`: a leader goes without naming who leads next. */
  | { type: 'leave_group'; group: string; byVote: boolean }
  | { type: 'invite'; group: string; user: string }
  | { type: 'remove_member'; group: string; user: string }
  | { type: 'transfer'; group: string; user: string }
  | { type: 'broadcast'; group: string; text: string }
  /** `check`: look into a file of somebody else. */
  | { type: 'evidence'; group: string; file: string; check: boolean };

export interface GroupSummary {
  readonly group: string;
  readonly public: boolean;
  readonly leader: string;
  readonly members: number;
  readonly mine: boolean;
  readonly unread: number;
}

/** What was decided and not yet confirmed by enough members. */
export interface PendingChange {
  readonly does: string;
  readonly user: string;
}

export interface MembersAnswer {
  readonly group: string;
  readonly leader: string;
  readonly members: string[];
  /** Since when they lead, ISO. */
  readonly since: string;
  readonly term: number;
  readonly pending: PendingChange[];
  /** Heads that contradict each other, where somebody lied. */
  readonly forks: { readonly mine: string; readonly theirs: string }[];
}

/** `data` of a result, by command. */
export interface GroupAnswers {
  create_group: { group: string; public: boolean };
  groups: { groups: GroupSummary[] };
  members: MembersAnswer;
  group: { group: string; members: number; unread: number };
  join_group: { group: string; asked: string };
  leave_group: { group: string };
  invite: { group: string; user: string };
  remove_member: { group: string; user: string };
  transfer: { group: string; user: string };
  broadcast: { id: string; state: MessageState };
  /** `liar`: who is proved to have lied, null where nobody is. */
  /** `fingerprint`: of the key that signed the lie. Whether it is that of the user so called is for the reader to compare. */
  evidence: { group: string; path: string; liar: string | null; fingerprint: string | null };
}

export type GroupEvent =
  | { event: 'group_request'; group: string; from: string }
  | { event: 'group_invite'; group: string; from: string }
  | { event: 'group_joined'; group: string }
  | { event: 'group_left'; group: string; reason: string }
  | { event: 'group_members'; group: string; members: string[]; leader: string }
  /** `gap`: something before it is missing. */
  | { event: 'group'; id: string; group: string; from: string; text: string; gap: boolean }
  | { event: 'group_progress'; group: string; received: number };
