// Friendship as one user's side sees it (SPEC.md): a wish and an epoch, a table of what moves them. What is absent
// changes nothing.

import { assertNever } from '../kit/machine.js';

/** `none` · `asked`: I asked, no answer yet · `wanted`: they asked, I have not answered · `friend`. */
export type Friendship = 'none' | 'asked' | 'wanted' | 'friend';

/**
 * `epoch` rises whenever either side says no. Letters carry it, so that a yes from before a no is never taken for one
 * from after it; inside an epoch wishes only grow, so two sides that have heard each other agree.
 */
export interface FriendshipState {
  readonly friendship: Friendship;
  readonly epoch: number;
}

/** What I do. */
export type FriendshipAction = 'ask' | 'accept' | 'reject' | 'remove';

/** What their letter says, and in which epoch. */
export interface FriendshipLetter {
  readonly type: 'request' | 'accepted' | 'rejected' | 'bye';
  readonly epoch: number;
}

/** What is to be done about it: a letter to the other side (in the new epoch), a word to the face. */
export type FriendshipEffect =
  | 'send_request'
  | 'send_accepted'
  | 'send_rejected'
  | 'send_bye'
  | 'tell_request'
  | 'tell_added'
  | 'tell_removed'
  | 'tell_rejected';

export interface FriendshipTransition {
  readonly to: FriendshipState;
  readonly effects: readonly FriendshipEffect[];
}

interface TransitionRule {
  readonly to: Friendship;
  readonly effects: readonly FriendshipEffect[];
  /** True where the move is a no: the epoch rises. */
  readonly isNo?: true;
}

const ACTION_RULES: Record<Friendship, Partial<Record<FriendshipAction, TransitionRule>>> = {
  none: { ask: { to: 'asked', effects: ['send_request'] } },
  asked: {
    ask: { to: 'asked', effects: ['send_request'] },
    remove: { to: 'none', effects: ['send_bye'], isNo: true },
  },
  wanted: {
    ask: { to: 'friend', effects: ['send_accepted', 'tell_added'] },
    accept: { to: 'friend', effects: ['send_accepted', 'tell_added'] },
    reject: { to: 'none', effects: ['send_rejected'], isNo: true },
  },
  friend: { remove: { to: 'none', effects: ['send_bye', 'tell_removed'], isNo: true } },
};

/** Letters of the present epoch. A `bye` or `rejected` of it was answered by whoever raised it: it says nothing new. */
const LETTER_RULES: Record<Friendship, Partial<Record<FriendshipLetter['type'], TransitionRule>>> = {
  none: {
    request: { to: 'wanted', effects: ['tell_request'] },
    // A yes to nothing: one of us has lost their data. They believe in it, so it is a wish of theirs.
    accepted: { to: 'wanted', effects: ['tell_request'] },
  },
  asked: {
    // Both asked: two wishes are an agreement.
    request: { to: 'friend', effects: ['send_accepted', 'tell_added'] },
    accepted: { to: 'friend', effects: ['tell_added'] },
  },
  wanted: { request: { to: 'wanted', effects: ['tell_request'] } },
  // They ask though we are friends: they have lost their data, or our answer is still on its way. Say it once more.
  friend: {
    request: { to: 'friend', effects: ['send_accepted'] },
    // They say it once more: what we left while they could not hear us is left again.
    accepted: { to: 'friend', effects: [] },
  },
};

/** The letter that says to somebody what they are to me now. */
export const STATE_LETTER: Readonly<Record<Friendship, FriendshipEffect>> = {
  none: 'send_bye',
  wanted: 'send_bye',
  asked: 'send_request',
  friend: 'send_accepted',
};

/** What I do to a friendship, or null where there is nothing to be done in this state. */
export function applyAction(bond: FriendshipState, doing: FriendshipAction): FriendshipTransition | null {
  return transition(bond, ACTION_RULES[bond.friendship][doing]);
}

/** What their letter does to it, or null where it changes nothing. */
export function applyLetter(bond: FriendshipState, letter: FriendshipLetter): FriendshipTransition | null {
  if (letter.epoch === bond.epoch) return transition(bond, LETTER_RULES[bond.friendship][letter.type]);
  if (letter.epoch > bond.epoch) return enterEpoch(bond, letter);
  // From before a no of ours that they have not heard of, or that crossed with this: say what we are now. Never in
  // answer to a no.
  const isNo = letter.type === 'bye' || letter.type === 'rejected';
  return isNo ? null : { to: bond, effects: [STATE_LETTER[bond.friendship]] };
}

/** They have said no since: first what that no does to us, then the letter itself, in the new epoch. */
function enterEpoch(bond: FriendshipState, { type: says, epoch }: FriendshipLetter): FriendshipTransition {
  const reset = afterTheirRefusal(bond.friendship, says);
  const to: FriendshipState = { friendship: reset.to, epoch };
  const next = transition(to, LETTER_RULES[to.friendship][says]);
  return { to: next?.to ?? to, effects: [...reset.effects, ...(next?.effects ?? [])] };
}

function afterTheirRefusal(friendship: Friendship, says: FriendshipLetter['type']): TransitionRule {
  switch (friendship) {
    case 'none':
    case 'wanted':
      return { to: 'none', effects: [] };
    case 'friend':
      return { to: 'none', effects: ['tell_removed'] };
    case 'asked':
      if (says === 'rejected') return { to: 'none', effects: ['tell_rejected'] };
      // Their no was to something older than my wish: it stands, and is said again in their epoch.
      return { to: 'asked', effects: says === 'bye' ? ['send_request'] : [] };
    default:
      return assertNever(friendship);
  }
}

function transition(bond: FriendshipState, move: TransitionRule | undefined): FriendshipTransition | null {
  if (move === undefined) return null;
  const epoch = move.isNo ? Math.min(bond.epoch + 1, Number.MAX_SAFE_INTEGER) : bond.epoch;
  return { to: { friendship: move.to, epoch }, effects: move.effects };
}
