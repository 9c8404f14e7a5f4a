// What a server sends to addresses that have not shown that they receive [ROOM-14, ROOM-15]. The sender of a line may
// be forged, so without a bound one datagram would direct a whole room at a stranger.
//
// Three times the bytes that came from an address are free, as in RFC 9000. Beyond that, the first line is worth a few
// lines, and each further line is worth a credit; both also take from the budget of the network of the address.

import { Budget } from '../../kit/bounds/budget.js';
import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';

/** What an unconfirmed address may still receive, in bytes of datagrams with their headers. */
export interface Credit {
  /** Earned by bytes that came from the address. An answer or a notice may overdraw it a little. */
  earnedBytes: number;
  /** Granted by the last line, and charged to the network. */
  grantedBytes: number;
  /** The address was told that lines are missing, since its last line. */
  isNotified: boolean;
}

/** The address that a line came from. `credit`: null once it has confirmed. */
export interface LineSender {
  readonly address: string;
  readonly network: string;
  credit: Credit | null;
}

export class UnconfirmedTraffic {
  /** Lines that were not sent. */
  withheld = 0;
  private readonly budget = Budget.ofNetworks(
    { each: LIMITS.roomUnconfirmedPerNetwork, all: LIMITS.roomUnconfirmedInAll },
    LIMITS.roomNetworksMax,
  );

  /** The credit of an address at its first line. */
  open(lineBytes: number): Credit {
    return { earnedBytes: earned(lineBytes), grantedBytes: LIMITS.roomTrialBytes, isNotified: false };
  }

  /** Adds what a further line is worth. */
  extend(credit: Credit, lineBytes: number): void {
    credit.earnedBytes = Math.min(LIMITS.roomLineCreditBytes, credit.earnedBytes + earned(lineBytes));
    credit.grantedBytes = LIMITS.roomLineCreditBytes;
    credit.isNotified = false;
  }

  /** Chat, and long answers. */
  maySend(to: LineSender, lineBytes: number, now: Instant): boolean {
    return this.spend(to, lineBytes, { now, overdraftBytes: 0 });
  }

  /** The one-line answer to a line, or a notice: at most one of each for a line. */
  mayAnswer(to: LineSender, lineBytes: number, now: Instant): boolean {
    return this.spend(to, lineBytes, { now, overdraftBytes: LIMITS.roomOverdraftBytes });
  }

  private spend(
    { credit, network }: LineSender,
    lineBytes: number,
    { now, overdraftBytes }: { now: Instant; overdraftBytes: number },
  ): boolean {
    if (credit === null) return true;
    const bytes = lineBytes + LIMITS.roomHeaderBytes;
    if (credit.earnedBytes + overdraftBytes >= bytes) {
      credit.earnedBytes -= bytes;
      return true;
    }
    if (credit.grantedBytes < bytes || !this.networkMayReceive(network, bytes, now)) {
      this.withheld += 1;
      return false;
    }
    credit.grantedBytes -= bytes;
    return true;
  }

  /** Kernels drop datagrams from outside that claim a loopback address, and no network carries the answers. */
  private networkMayReceive(network: string, bytes: number, now: Instant): boolean {
    const isLoopback = network.startsWith('127.') || network === '0:0:0:0::/56';
    return isLoopback || this.budget.spend(network, now, bytes) === 0;
  }
}

function earned(lineBytes: number): number {
  return LIMITS.roomAmplificationMax * (lineBytes + LIMITS.roomHeaderBytes);
}
