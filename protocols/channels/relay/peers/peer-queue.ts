// The send queue of one link [RELAY-9]: few bytes are in flight, the rest waits by priority. When the queue is full, it
// drops channel messages first.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

/** In the order in which frames leave. */
const PRIORITIES = ['control', 'direct', 'channel'] as const;
export type FramePriority = (typeof PRIORITIES)[number];

/** An encoded frame. `bytes`: its length in UTF-8. */
export interface QueuedFrame {
  readonly text: string;
  readonly bytes: number;
  readonly priority: FramePriority;
}

export interface PeerQueueOptions {
  readonly send: (text: string) => void;
  readonly onDropped: () => void;
}

export class PeerQueue {
  sentBytes = 0;
  droppedFrames = 0;
  private readonly lanes: Readonly<Record<FramePriority, QueuedFrame[]>> = { control: [], direct: [], channel: [] };
  private waitingBytes = 0;
  private inFlightBytes = 0;
  private progressAt: Instant = 0;

  constructor(private readonly options: PeerQueueOptions) {}

  get queuedBytes(): number {
    return this.waitingBytes + this.inFlightBytes;
  }

  push(frame: QueuedFrame, now: Instant): void {
    if (!this.makeRoom(frame)) return this.drop();
    this.lanes[frame.priority].push(frame);
    this.waitingBytes += frame.bytes;
    this.flush(now);
  }

  /** All frames in flight have left for the network. */
  drained(now: Instant): void {
    this.inFlightBytes = 0;
    this.progressAt = now;
    this.flush(now);
  }

  /** Takes out the frames that are not in flight, in the order in which they would leave. */
  takeWaiting(): QueuedFrame[] {
    const waiting = PRIORITIES.flatMap((priority) => this.lanes[priority].splice(0));
    this.waitingBytes = 0;
    return waiting;
  }

  /** When the link counts as stalled; null if nothing is in flight. */
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
      this.options.send(next.text);
    }
  }

  private next(): QueuedFrame | undefined {
    for (const priority of PRIORITIES) if (this.lanes[priority].length > 0) return this.lanes[priority].shift();
    return undefined;
  }

  /** Drops frames of lower priority, the newest first; false if that does not free enough. */
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
    this.options.onDropped();
  }
}
