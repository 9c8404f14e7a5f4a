// One direction of a connection: texts arrive once and in order, possibly late, until the pipe breaks.

import type { NetworkModel } from './network-model.js';

/** The receiving end. `closed` is called at most once, and last. */
export interface PipeReader {
  frame(text: string): void;
  closed(reason: string): void;
}

type Segment = { text: string } | { end: string };

const BLOCKED_RETRY_MS = 400;

export class Pipe {
  private queue: Segment[] = [];
  private isMoving = false;
  private isBroken = false;
  private cloggedUntil = 0;

  constructor(
    private readonly model: NetworkModel,
    private readonly from: string,
    private readonly to: string,
    private readonly reader: PipeReader,
  ) {}

  send(text: string): void {
    this.enqueue({ text });
  }

  /** Closes the pipe after everything that was sent. */
  end(reason: string): void {
    this.enqueue({ end: reason });
  }

  /** Drops everything in flight, without notification. */
  break(): void {
    this.isBroken = true;
    this.queue = [];
  }

  /** Stalls the pipe until this moment. */
  clog(until: number): void {
    this.cloggedUntil = Math.max(this.cloggedUntil, until);
  }

  private enqueue(segment: Segment): void {
    if (this.isBroken) return;
    this.queue.push(segment);
    if (!this.isMoving) this.moveAfter(this.model.latencyMs());
  }

  private moveAfter(ms: number): void {
    this.isMoving = true;
    this.model.run.timeline.after(ms, () => this.move());
  }

  /** Delivers everything sent so far when the first segment arrives, like a TCP receive buffer. */
  private move(): void {
    this.isMoving = false;
    if (this.isBroken) return;
    const { now } = this.model.run.timeline;
    if (this.cloggedUntil > now) return this.moveAfter(this.cloggedUntil - now);
    if (!this.model.isReachable(this.from, this.to)) return this.moveAfter(BLOCKED_RETRY_MS);
    const arrived = this.queue;
    this.queue = [];
    for (const segment of arrived) this.deliver(segment);
  }

  private deliver(segment: Segment): void {
    if (this.isBroken) return;
    if ('text' in segment) return this.reader.frame(segment.text);
    this.isBroken = true;
    this.reader.closed(segment.end);
  }
}
