// What waits for one link [RELAY-9]: a little is on its way, the rest waits by priority, and what does not fit is
// dropped, channels first.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

/** In the order in which it leaves. */
const PRIORITIES = ['control', 'direct', 'channel'] as const;
export type FramePriority = (typeof PRIORITIES)[number];

/** A frame as it leaves. `bytes`: of its UTF-8. */
export interface QueuedFrame {
  readonly text: string;
  readonly bytes: number;
  readonly priority: FramePriority;
}

export interface PeerQueueOptions {
  readonly send: (text: string) => void;
  readonly dropped: () => void;
}

export class PeerQueue {
  sentBytes = 0;
  droppedFrames = 0;
  private readonly lanes: Readonly<Record<FramePriority, QueuedFrame[]>> = { control: [], direct: [], channel: [] };
  private waitingBytes = 0;
  private inFlightBytes = 0;
  private progressAt: Instant = 0;

  constructor(private readonly means: PeerQueueOptions) {}

  get queuedBytes(): number {
    return this.waitingBytes + this.inFlightBytes;
  }

  push(parcel: QueuedFrame, now: Instant): void {
    if (!this.makeRoom(parcel)) return this.drop();
    this.lanes[parcel.priority].push(parcel);
    this.waitingBytes += parcel.bytes;
    this.flush(now);
  }

  /** All that was handed over has left. */
  drained(now: Instant): void {
    this.inFlightBytes = 0;
    this.progressAt = now;
    this.flush(now);
  }

  /** Takes out what has not been handed over, in the order in which it would leave. */
  takeWaiting(): QueuedFrame[] {
    const waiting = PRIORITIES.flatMap((priority) => this.lanes[priority].splice(0));
    this.waitingBytes = 0;
    return waiting;
  }

  /** When it has made no progress for too long; null where nothing is on its way. */
  stallsAt(): Instant | null {
    return this.inFlightBytes === 0 ? null : this.progressAt + LIMITS.peerStallMs;
  }

  private flush(now: Instant): void {
    while (this.waitingBytes > 0 && this.inFlightBytes < LIMITS.peerInFlightBytes) {
      const next = this.next();
      if (next === undefined) return;
      if (this.inFlightBytes === 0) this.progressAt = now;
      this.waitingBytes -= next.bytes;
      this.inFlightBytes += next.bytes;
      this.sentBytes += next.bytes;
      this.means.send(next.text);
    }
  }

  private next(): QueuedFrame | undefined {
    for (const priority of PRIORITIES) if (this.lanes[priority].length > 0) return this.lanes[priority].shift();
    return undefined;
  }

  /** Drops what matters less, the last first. False where that is not enough. */
  private makeRoom({ bytes, priority }: QueuedFrame): boolean {
    const lesser = PRIORITIES.slice(PRIORITIES.indexOf(priority) + 1).reverse();
    for (const lane of lesser) {
      while (this.queuedBytes + bytes > LIMITS.peerQueueBytes) {
        const dropped = this.lanes[lane].pop();
        if (dropped === undefined) break;
        this.waitingBytes -= dropped.bytes;
        this.drop();
      }
    }
    return this.queuedBytes + bytes <= LIMITS.peerQueueBytes;
  }

  private drop(): void {
    this.droppedFrames += 1;
    this.means.dropped();
  }
}
