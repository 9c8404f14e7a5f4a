// The friendship state machine of one side (SPEC.md): a state, an epoch, and tables of transitions. An event without an
// entry changes nothing.

import { assertNever } from '../kit/machine.js';

/** `asked`: we sent a request. `wanted`: they sent a request. Neither is answered yet. */
export type Friendship = 'none' | 'asked' | 'wanted' | 'friend';

/**
 * Each rejection or end of the friendship raises `epoch`. Letters carry it, so that an acceptance from before a
 * rejection never counts after it. Within an epoch the state only moves towards `friend`, so the two sides converge.
 */
export interface FriendshipState {
  readonly friendship: Friendship;
  readonly epoch: number;
}

/** Commands of this side's user. */
export type FriendshipAction = 'ask' | 'accept' | 'reject' | 'remove';

/** A letter of the other side. */
export interface FriendshipLetter {
  readonly type: 'request' | 'accepted' | 'rejected' | 'bye';
  readonly epoch: number;
}

/** `send_…`: a letter to the other side, in the new epoch. `notify_…`: an event for the user. */
export type FriendshipEffect =
  | 'send_request'
  | 'send_accepted'
  | 'send_rejected'
  | 'send_bye'
  | 'notify_request'
  | 'notify_added'
  | 'notify_removed'
  | 'notify_rejected';

export interface FriendshipTransition {
  readonly to: FriendshipState;
  readonly effects: readonly FriendshipEffect[];
}

interface TransitionRule {
  readonly to: Friendship;
  readonly effects: readonly FriendshipEffect[];
  /** True for a rejection or the end of the friendship. */
  readonly raisesEpoch?: true;
}

const ACTION_RULES: Record<Friendship, Partial<Record<FriendshipAction, TransitionRule>>> = {
  none: { ask: { to: 'asked', effects: ['send_request'] } },
  asked: {
    ask: { to: 'asked', effects: ['send_request'] },
    remove: { to: 'none', effects: ['send_bye'], raisesEpoch: true },
  },
  wanted: {
    ask: { to: 'friend', effects: ['send_accepted', 'notify_added'] },
    accept: { to: 'friend', effects: ['send_accepted', 'notify_added'] },
    reject: { to: 'none', effects: ['send_rejected'], raisesEpoch: true },
  },
  friend: { remove: { to: 'none', effects: ['send_bye', 'notify_removed'], raisesEpoch: true } },
};

/** For letters of the current epoch. `bye` and `rejected` have no entry: both raise the epoch, so such a letter is no news. */
const LETTER_RULES: Record<Friendship, Partial<Record<FriendshipLetter['type'], TransitionRule>>> = {
  none: {
    request: { to: 'wanted', effects: ['notify_request'] },
    // An acceptance without a request: one side has lost its data. It counts as a request.
    accepted: { to: 'wanted', effects: ['notify_request'] },
  },
  asked: {
    // Both sides sent a request: that is an agreement.
    request: { to: 'friend', effects: ['send_accepted', 'notify_added'] },
    accepted: { to: 'friend', effects: ['notify_added'] },
  },
  wanted: { request: { to: 'wanted', effects: ['notify_request'] } },
  // A request from a friend: they have lost their data, or our acceptance is still on its way. Repeat it.
  friend: {
    request: { to: 'friend', effects: ['send_accepted'] },
    // A repeated acceptance: no new state, but the caller sends unacknowledged letters again.
    accepted: { to: 'friend', effects: [] },
  },
};

/** The letter that tells the other side our current state. */
export const STATE_LETTER: Readonly<Record<Friendship, FriendshipEffect>> = {
  none: 'send_bye',
  wanted: 'send_bye',
  asked: 'send_request',
  friend: 'send_accepted',
};

export function isSameState(a: FriendshipState, b: FriendshipState): boolean {
  return a.friendship === b.friendship && a.epoch === b.epoch;
}

/** Applies a command. Null if it has no effect in this state. */
export function applyAction(state: FriendshipState, action: FriendshipAction): FriendshipTransition | null {
  return transition(state, ACTION_RULES[state.friendship][action]);
}

/** Applies a letter of the other side. Null if it has no effect. */
export function applyLetter(state: FriendshipState, letter: FriendshipLetter): FriendshipTransition | null {
  if (letter.epoch === state.epoch) return transition(state, LETTER_RULES[state.friendship][letter.type]);
  if (letter.epoch > state.epoch) return enterEpoch(state, letter);
  // A stale letter: it was written before our rejection arrived. A request or acceptance is answered with our
  // current state, a rejection is not answered.
  const isRejection = letter.type === 'bye' || letter.type === 'rejected';
  return isRejection ? null : { to: state, effects: [STATE_LETTER[state.friendship]] };
}

/** The other side raised the epoch by a rejection: applies its effect first, then the letter in the new epoch. */
function enterEpoch(state: FriendshipState, { type, epoch }: FriendshipLetter): FriendshipTransition {
  const reset = afterTheirRejection(state.friendship, type);
  const to: FriendshipState = { friendship: reset.to, epoch };
  const next = transition(to, LETTER_RULES[to.friendship][type]);
  return { to: next?.to ?? to, effects: [...reset.effects, ...(next?.effects ?? [])] };
}

function afterTheirRejection(friendship: Friendship, letter: FriendshipLetter['type']): TransitionRule {
  switch (friendship) {
    case 'none':
    case 'wanted':
      return { to: 'none', effects: [] };
    case 'friend':
      return { to: 'none', effects: ['notify_removed'] };
    case 'asked':
      if (letter === 'rejected') return { to: 'none', effects: ['notify_rejected'] };
      // Their rejection preceded our request, so the request stands and is sent again in their epoch.
      return { to: 'asked', effects: letter === 'bye' ? ['send_request'] : [] };
    default:
      return assertNever(friendship);
  }
}

function transition(state: FriendshipState, rule: TransitionRule | undefined): FriendshipTransition | null {
  if (rule === undefined) return null;
  const epoch = rule.raisesEpoch ? Math.min(state.epoch + 1, Number.MAX_SAFE_INTEGER) : state.epoch;
  return { to: { friendship: rule.to, epoch }, effects: rule.effects };
}
