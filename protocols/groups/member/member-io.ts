// Inputs, commands and effects of the machine of a group member, and what its host provides.

import type { SecretKey } from '../../kit/primitives.js';
import type { Refusal } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupPolicy } from '../entry.js';
import type { GroupFrameBody } from '../frames.js';
import type { LogDependencies } from '../log/device-roster.js';
import type { GroupStore, StoredGroupMessage } from './group-store.js';
import type { AuthorBudget } from './messages/author-budget.js';

/** The user and device that this machine acts for. */
export interface Self {
  readonly user: string;
  /** The identity key. */
  readonly key: string;
  readonly device: SecretKey;
  /** The newest own record. It lists the device. */
  readonly record: Signed;
}

/**
 * `silenceMs`: the election timeout. Raised: a dead leader is replaced later. Lowered: a leader on a slow line is
 * replaced without need.
 */
export interface GroupOptions {
  readonly silenceMs: number;
}

export interface MemberDependencies {
  readonly self: Self;
  /** The identity key that the host has pinned for a user; null if there is none (SPEC GROUP-42, GROUP-44). */
  readonly pinnedKey: (user: string) => string | null;
  readonly store: GroupStore;
  /** Absent: authors are not bounded. */
  readonly budget?: AuthorBudget;
  readonly dependencies: LogDependencies;
  readonly options: GroupOptions;
}

/** A command of the user. Each is answered with one `done` or `refused` that carries the `ref` of its input. */
export type MemberCommand =
  | { type: 'broadcast'; text: string }
  | { type: 'add'; user: string; record: Signed; consent: Signed }
  | { type: 'remove'; user: string }
  /** `byVote`: a leader leaves without a transfer, and the members elect the next one. */
  | { type: 'leave'; byVote: boolean }
  | { type: 'transfer'; user: string }
  | { type: 'policy'; policy: GroupPolicy };

export type GroupInput =
  | { type: 'wake' }
  /** The last input of a tick: the machine acknowledges what it stored during the tick. */
  | { type: 'flush' }
  | { type: 'linked'; user: string }
  | { type: 'unlinked'; user: string }
  /** The link or letter proves that the frame comes from a device of `from`, whose identity key is `key`. */
  | { type: 'frame'; from: string; key: string; body: GroupFrameBody }
  /** The name server holds the own messages for a user up to this number; null: it holds none any more. */
  | { type: 'held'; user: string; upTo: number | null }
  /** A newer record of a user. */
  | { type: 'record'; signed: Signed }
  | { type: 'command'; ref: number; command: MemberCommand };

/** `TRANSFER_FAILED`: the named member did not take the lead, and this one leads again (SPEC GROUP-18). */
export type GroupWarning = 'GROUP_FORK' | 'GROUP_LIAR' | 'GROUP_CONFLICT' | 'TRANSFER_FAILED';

export type GroupEffect =
  /** Goes over the link to `to`. Without a link: as a letter if `isDurable`, else it is dropped. */
  | { type: 'send'; to: string; body: GroupFrameBody; isDurable: boolean }
  | { type: 'show'; message: StoredGroupMessage }
  | { type: 'state'; id: string; state: 'queued' | 'held' | 'delivered' }
  /** The members, the leader or the ratified index may have changed. */
  | { type: 'changed' }
  | { type: 'joined' }
  | { type: 'ended'; why: 'removed' | 'left' }
  | { type: 'progress'; received: number }
  | { type: 'warn'; code: GroupWarning; text: string }
  | { type: 'done'; ref: number; id: string | null }
  | { type: 'refused'; ref: number; refusal: Refusal };
