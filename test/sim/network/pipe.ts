// One direction of a connection: texts arrive in order and once, however late, until the pipe breaks.

import type { Ground } from './ground.js';

/** How one end hears. `closed` comes at most once, and nothing after it. */
export interface Ear {
  frame(text: string): void;
  closed(reason: string): void;
}

type Parcel = { text: string } | { end: string };

const BLOCKED_RETRY_MS = 400;

export class Pipe {
  private queue: Parcel[] = [];
  private isMoving = false;
  private isBroken = false;
  private cloggedUntil = 0;

  constructor(
    private readonly ground: Ground,
    private readonly from: string,
    private readonly to: string,
    private readonly ear: Ear,
  ) {}

  send(text: string): void {
    this.enter({ text });
  }

  /** Ends the pipe behind everything sent. */
  end(reason: string): void {
    this.enter({ end: reason });
  }

  /** Everything on its way is lost. Nobody is told. */
  break(): void {
    this.isBroken = true;
    this.queue = [];
  }

  /** Nothing moves before this moment. */
  clog(until: number): void {
    this.cloggedUntil = Math.max(this.cloggedUntil, until);
  }

  private enter(parcel: Parcel): void {
    if (this.isBroken) return;
    this.queue.push(parcel);
    if (!this.isMoving) this.moveAfter(this.ground.latency());
  }

  private moveAfter(ms: number): void {
    this.isMoving = true;
    this.ground.run.timeline.after(ms, () => this.move());
  }

  /** Delivers all that was sent when the first parcel arrives: later ones caught up with it, as segments of TCP do. */
  private move(): void {
    this.isMoving = false;
    if (this.isBroken) return;
    const { now } = this.ground.run.timeline;
    if (this.cloggedUntil > now) return this.moveAfter(this.cloggedUntil - now);
    if (!this.ground.isReachable(this.from, this.to)) return this.moveAfter(BLOCKED_RETRY_MS);
    const arrived = this.queue;
    this.queue = [];
    for (const parcel of arrived) this.deliver(parcel);
  }

  private deliver(parcel: Parcel): void {
    if (this.isBroken) return;
    if ('text' in parcel) return this.ear.frame(parcel.text);
    this.isBroken = true;
    this.ear.closed(parcel.end);
  }
}
