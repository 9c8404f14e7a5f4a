// What one seed of the servers world draws: users, network faults, the phases of the lies, and how often each lie is
// told. Some lies are off, so that others show.

import type { Random } from '../kernel/random.js';
import { drawFaultPlan, type FaultPlan } from '../load/fault-plan.js';

/** Probabilities; 0 is off. */
export interface Lies {
  /** Per user in the answer to a look-up: another key, an old record, another user's record, or none. */
  readonly lookUps: number;
  /** Per proof of a session: `RESTORED`, with an old proof of the client or without one. */
  readonly restored: number;
  /** Per frame: the session ends with a refusal. */
  readonly refusals: number;
  /** Per frame: it is late or, where the protocol repeats it, lost. */
  readonly withholding: number;
  readonly withheldMsMax: number;
  /** Per frame: an old letter, or one that the liar wrote in the name of a user. */
  readonly letters: number;
  /** Per report of presence: the opposite. */
  readonly presence: number;
  /** Per delivery: another sender is named, which no client believes. */
  readonly senders: number;
  /** Per letter: it is rejected. */
  readonly rejections: number;
  /** Per letter: the liar says, without a proof of the reader, that it did not open. */
  readonly notices: number;
}

/** A part of a run in which the same users are at the same servers. */
export interface Phase {
  readonly ms: number;
  /** The home server lies. */
  readonly isHomeLying: boolean;
  /** Users who use the liar's server instead of their home server. */
  readonly visitors: readonly string[];
  /** Users whose connections with the home server end at the liar. */
  readonly misled: readonly string[];
  /** Users who restore a backup in it, and so get a new device. The backup is as new as their data. */
  readonly restorers: readonly string[];
  /** All machines sleep for a day after it. */
  readonly endsWithNight: boolean;
}

export interface ServersPlan {
  readonly faults: FaultPlan;
  readonly friends: readonly string[];
  readonly phases: readonly Phase[];
  readonly lies: Lies;
  /** Servers speak TLS themselves, so that a relay in the middle shows. */
  readonly isTls: boolean;
  readonly hasGroup: boolean;
  /** The accomplice founds a group and adds a user to it who does not exist. */
  readonly hasMadeUpMember: boolean;
  /** A member who loses its letter keys while its invitation is on the way; null in most runs. */
  readonly forgetful: string | null;
}

/** A user whose key the others do not know at the start. */
export const NEWCOMER = 'zoe';
/** A friend of all, who makes lines up when asked for lost messages. */
export const ACCOMPLICE = 'mallory';
const FRIENDS = ['alice', 'bob', 'carol'];

export function drawServersPlan(random: Random): ServersPlan {
  const friends = FRIENDS.slice(0, random.whole(2, 3));
  const mixed = drawMixed(friends, random);
  const shape = random.pick(['mixed', 'mixed', 'absence', 'stranger']);
  if (shape === 'absence') return absence(mixed, random.fork(shape));
  if (shape === 'stranger') return stranger(mixed, random.fork(shape));
  return random.fork('forgetful').chance(0.6) ? forgetful(mixed, random.fork('forgetful phase')) : mixed;
}

function drawMixed(friends: readonly string[], random: Random): ServersPlan {
  const faults = drawFaultPlan(random.fork('troubles'), false);
  const chosen = { behindRouter: random.pick([0, 0.5, 1, 1]), paceMs: random.pick([1_500, 4_000, 10_000]) };
  return {
    faults: { ...faults, ...chosen, clockSkewMs: 0, forgeryRate: 0 },
    friends,
    phases: Array.from({ length: random.whole(1, 3) }, () => drawPhase(friends, random)),
    lies: drawLies(random.fork('lies')),
    isTls: random.chance(0.6),
    hasGroup: random.chance(0.5),
    forgetful: null,
    hasMadeUpMember: random.fork('made-up member').chance(0.5),
  };
}

/**
 * One user visits the liar for two nights and gets a new device after each, while friends write letters to the first
 * device. Then the home server lies about who wrote them.
 */
function absence(plan: ServersPlan, random: Random): ServersPlan {
  const absent = plan.friends.slice(0, 1);
  const away = { isHomeLying: false, visitors: absent, restorers: absent, misled: [], endsWithNight: true };
  const back = { isHomeLying: true, visitors: [], restorers: [], misled: [], endsWithNight: false };
  const phases = [away, away, back].map((phase) => ({ ...phase, ms: random.between(10_000, 20_000) }));
  const lies = { ...plan.lies, senders: random.between(0.5, 1) };
  return { ...plan, phases, lies, faults: { ...plan.faults, behindRouter: 1, paceMs: 1_500 } };
}

/** The founder of a group visits the liar, and meets the liar as the newcomer. The other members do not visit it. */
function stranger(plan: ServersPlan, random: Random): ServersPlan {
  const visitors = plan.friends.slice(0, 1);
  const visit = {
    ms: random.between(10_000, 20_000),
    isHomeLying: false,
    visitors,
    misled: [],
    restorers: [],
    endsWithNight: false,
  };
  const lies = { ...plan.lies, lookUps: random.between(0.2, 0.8) };
  return { ...plan, phases: [visit, ...plan.phases.slice(1)], lies, hasGroup: true };
}

/** One member of a group loses its letter keys. Later the home server says of other letters that they did not open. */
function forgetful(plan: ServersPlan, random: Random): ServersPlan {
  const phase = {
    ms: random.between(10_000, 20_000),
    isHomeLying: true,
    visitors: [],
    misled: [],
    restorers: [],
    endsWithNight: false,
  };
  const lies = { ...plan.lies, notices: random.between(0.5, 1) };
  return { ...plan, phases: [phase], lies, hasGroup: true, forgetful: plan.friends[1] ?? null };
}

function drawPhase(friends: readonly string[], random: Random): Phase {
  const share = random.pick([0, 0.4, 1]);
  return {
    ms: random.between(6_000, 25_000),
    isHomeLying: random.chance(0.5),
    visitors: friends.filter(() => random.chance(share)),
    misled: friends.filter(() => random.chance(0.4)),
    restorers: friends.filter(() => random.chance(0.3)),
    endsWithNight: random.chance(0.6),
  };
}

function drawLies(random: Random): Lies {
  const rate = (probability: number, high: number) => (random.chance(probability) ? random.between(0, high) : 0);
  return {
    lookUps: rate(0.7, 0.8),
    restored: rate(0.7, 0.5),
    refusals: rate(0.4, 0.03),
    withholding: rate(0.6, 0.4),
    withheldMsMax: random.pick([500, 8_000, 30_000]),
    letters: rate(0.6, 0.2),
    presence: rate(0.4, 0.5),
    senders: rate(0.5, 1),
    rejections: rate(0.4, 0.3),
    notices: 0,
  };
}
