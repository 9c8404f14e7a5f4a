// The fault plan of a seed: kinds of faults, their rates and durations. Some kinds are off, so that others show.

import type { Random } from '../kernel/random.js';
import type { NetworkConditions } from '../network/network-model.js';
import { drawMachineFaults, NO_MACHINE_FAULTS, type MachineFaults } from './machine-faults.js';

/** Mean times between faults in ms, null for none; probabilities are per event. */
export interface FaultPlan {
  readonly users: number;
  readonly faultsMs: number;
  /** Mean time between two commands of one user. */
  readonly paceMs: number;
  readonly network: NetworkConditions;
  readonly clientCrashMs: number | null;
  readonly serverCrashMs: number | null;
  readonly clientCrashAtTurn: number;
  readonly serverCrashAtTurn: number;
  readonly downMs: number;
  readonly partitionMs: number | null;
  readonly serverUnreachableMs: number | null;
  readonly cutMs: number | null;
  readonly clogMs: number | null;
  readonly pauseMs: number | null;
  /** Longest partition, stall or pause. */
  readonly durationMsMax: number;
  readonly addressChangeRate: number;
  readonly behindRouter: number;
  readonly clockSkewMs: number;
  readonly batchMax: number;
  /** Probability per effect that the byzantine user forges it; 0 if all users are honest. */
  readonly forgeryRate: number;
  readonly turnDelayMs: number;
  readonly machineFaults: MachineFaults;
}

/** Machine faults are drawn from their own stream, so that switching them off changes nothing else. */
export function drawFaultPlan(random: Random, hasDisasters: boolean): FaultPlan {
  const maybe = (probability: number, low: number, high: number) =>
    random.chance(probability) ? random.between(low, high) : null;
  const rate = (probability: number, high: number) => (random.chance(probability) ? random.between(0, high) : 0);
  return {
    users: Math.min(random.whole(2, 6), random.whole(2, 6)),
    faultsMs: random.between(15_000, 90_000),
    paceMs: random.pick([100, 400, 1_500, 5_000]),
    network: drawConditions(random, rate),
    clientCrashMs: maybe(0.4, 3_000, 30_000),
    serverCrashMs: maybe(0.3, 5_000, 40_000),
    clientCrashAtTurn: rate(0.5, 0.02),
    serverCrashAtTurn: rate(0.35, 0.03),
    downMs: random.pick([500, 4_000, 20_000]),
    partitionMs: maybe(0.35, 5_000, 40_000),
    serverUnreachableMs: maybe(0.35, 5_000, 40_000),
    cutMs: maybe(0.5, 500, 15_000),
    clogMs: maybe(0.4, 500, 15_000),
    pauseMs: maybe(0.3, 3_000, 20_000),
    durationMsMax: random.pick([1_000, 8_000, 40_000]),
    addressChangeRate: rate(0.4, 1),
    behindRouter: rate(0.3, 0.8),
    clockSkewMs: rate(0.3, 3 * 3_600_000),
    batchMax: random.pick([1, 4, 32]),
    forgeryRate: rate(0.15, 0.3),
    turnDelayMs: random.pick([0.2, 2, 20]),
    machineFaults: hasDisasters ? drawMachineFaults(random.fork('disasters')) : NO_MACHINE_FAULTS,
  };
}

function drawConditions(random: Random, rate: (probability: number, high: number) => number): NetworkConditions {
  return {
    latencyMs: random.pick([5, 40, 300, 2_000]),
    dialFailure: rate(0.4, 0.5),
    answerLoss: rate(0.3, 0.4),
    datagramLoss: rate(0.6, 0.5),
    datagramDuplication: rate(0.5, 0.4),
    lateNotice: rate(0.4, 0.8),
  };
}
