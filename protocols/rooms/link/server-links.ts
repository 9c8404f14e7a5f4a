// All links of a server, and its failure detector: which peers are alive, and which servers they hear [RLINK-9].

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { ServerLink } from './server-link.js';

export class ServerLinks {
  readonly links: readonly ServerLink[];
  private activeAt: Instant | null = null;

  constructor(
    readonly self: number,
    readonly size: number,
    readonly suspectMs: number,
  ) {
    const others = Array.from({ length: size }, (_, index) => index).filter((index) => index !== self);
    this.links = others.map((index) => new ServerLink(index));
  }

  /** Null for this server itself. */
  link(index: number): ServerLink | null {
    if (index === this.self) return null;
    return this.links[index < this.self ? index : index - 1] ?? null;
  }

  /** Called at each input. If this server was paused, extends all deadlines; gives the length of the pause. */
  detectPause(now: Instant): number {
    const gap = this.activeAt === null ? 0 : now - this.activeAt;
    this.activeAt = now;
    if (gap < LIMITS.roomStallMs) return 0;
    for (const link of this.links) link.forgiveSilence(gap);
    return gap;
  }

  isAlive(index: number, now: Instant): boolean {
    const link = this.link(index);
    return index === this.self || (link !== null && now - link.heardAt < this.suspectMs);
  }

  /** True iff this server and that one hear each other. */
  isMutual(index: number, now: Instant): boolean {
    return index === this.self || (this.isAlive(index, now) && this.hears(index, this.self));
  }

  /** True iff the last heartbeat of `listener` reports `speaker` alive. */
  hears(listener: number, speaker: number): boolean {
    return hasBit(this.link(listener)?.heartbeat?.alive ?? 0, speaker);
  }

  /** One bit for each server alive, this one included. */
  aliveBits(now: Instant): number {
    let bits = 0;
    for (let index = 0; index < this.size; index += 1) if (this.isAlive(index, now)) bits |= 1 << index;
    return bits >>> 0;
  }
}

export function hasBit(bits: number, index: number): boolean {
  return ((bits >>> index) & 1) === 1;
}

export function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count += 1;
  return count;
}
