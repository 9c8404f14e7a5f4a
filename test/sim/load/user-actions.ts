// The workload of a seed: how often users chat, make and end friendships, read lists, and go offline.

import type { Random } from '../kernel/random.js';

export type UserAction =
  | 'say'
  | 'burst'
  | 'quick'
  | 'cancel'
  | 'look'
  | 'read'
  | 'goOffline'
  | 'add'
  | 'accept'
  | 'reject'
  | 'remove'
  | 'block'
  | 'unblock'
  | 'post'
  | 'unpost'
  | 'fetch';

/** Relative probability of each action. */
export type ActionWeights = Readonly<Record<UserAction, number>>;

export function drawActionWeights(random: Random, hasPosts = false): ActionWeights {
  const social = random.pick([0, 0, 0.3, 2]);
  const restless = random.pick([0, 0.2, 1]);
  return {
    say: random.between(2, 12),
    burst: random.pick([0, 0, 0.5, 2]),
    quick: random.pick([0, 1, 4]),
    cancel: random.pick([0, 0, 0.5, 2]),
    look: 0.5,
    read: random.between(0, 2),
    goOffline: restless,
    add: 0.5 + social,
    accept: 1 + social,
    reject: social / 3,
    remove: social / 3,
    block: social / 6,
    unblock: social / 2,
    ...(hasPosts ? drawPostWeights(random.fork('posts')) : { post: 0, unpost: 0, fetch: 0 }),
  };
}

function drawPostWeights(random: Random): Pick<ActionWeights, 'post' | 'unpost' | 'fetch'> {
  return { post: random.pick([1, 5, 30]), unpost: random.pick([0, 1, 10]), fetch: random.pick([0, 1, 4]) };
}

export function drawAction(weights: ActionWeights, random: Random): UserAction {
  const actions = Object.entries(weights) as [UserAction, number][];
  let rest = random.fraction() * actions.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [action, weight] of actions) {
    rest -= weight;
    if (rest < 0) return action;
  }
  return 'say';
}
