// The fault plan of a seed: number of servers, kinds of faults, their rates and durations.

import type { Order } from '../../../protocols/rooms/order/client-release.js';
import type { Random } from '../kernel/random.js';

/** Mean times between faults in ms, null for none; probabilities are per datagram or per effect. */
export interface RoomFaultPlan {
  readonly servers: number;
  readonly order: Order;
  readonly clients: number;
  /** Mean time between two lines of one client. */
  readonly paceMs: number;
  readonly faultsMs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly latencyMs: number;
  readonly lateRate: number;
  readonly crashMs: number | null;
  readonly crashAtEffect: number;
  readonly downMs: number;
  readonly partitionMs: number | null;
  readonly oneWayMs: number | null;
  readonly pauseMs: number | null;
  readonly wholeClusterMs: number | null;
  /** Mean time between two lines with a forged sender. */
  readonly forgeryMs: number | null;
  /** Longest partition or pause. */
  readonly durationMsMax: number;
}

export function drawRoomFaults(random: Random): RoomFaultPlan {
  const maybe = (probability: number, low: number, high: number) =>
    random.chance(probability) ? random.between(low, high) : null;
  const rate = (probability: number, high: number) => (random.chance(probability) ? random.between(0, high) : 0);
  const isLarge = random.chance(0.08);
  return {
    servers: isLarge ? random.whole(8, 10) : random.whole(3, 6),
    order: random.pick(['total', 'total', 'fifo', 'unordered'] as const),
    clients: random.whole(3, 10),
    paceMs: random.pick([30, 120, 500]),
    faultsMs: isLarge ? 4_000 : random.between(4_000, 12_000),
    loss: rate(0.7, 0.25),
    duplication: rate(0.5, 0.2),
    latencyMs: random.pick([1, 5, 20]),
    lateRate: rate(0.5, 0.05),
    crashMs: maybe(0.5, 800, 6_000),
    crashAtEffect: rate(0.5, 0.03),
    downMs: random.pick([50, 800, 3_000]),
    partitionMs: maybe(0.4, 1_500, 6_000),
    oneWayMs: maybe(0.35, 1_500, 6_000),
    pauseMs: maybe(0.4, 1_000, 5_000),
    wholeClusterMs: maybe(0.12, 3_000, 8_000),
    durationMsMax: random.pick([300, 1_500, 4_000]),
    forgeryMs: maybe(0.6, 50, 1_000),
  };
}
