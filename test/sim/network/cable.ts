// A connection between two programs: closes in order, or breaks and loses what is on its way, as each end notices.

import type { Ground } from './ground.js';
import { Pipe, type Ear } from './pipe.js';

/** One end of a cable, at a place of the network. */
export interface CableEnd extends Ear {
  readonly place: string;
}

export class Cable {
  private readonly toFirst: Pipe;
  private readonly toSecond: Pipe;
  private readonly deaf = new Set<CableEnd>();
  isBroken = false;

  constructor(
    private readonly ground: Ground,
    readonly first: CableEnd,
    readonly second: CableEnd,
  ) {
    this.toFirst = new Pipe(ground, second.place, first.place, this.ear(first));
    this.toSecond = new Pipe(ground, first.place, second.place, this.ear(second));
  }

  send(sender: CableEnd, text: string): void {
    this.pipeFrom(sender).send(text);
  }

  /** A tidy close: the other end hears everything, then that it is over; so does, a little later, this one. */
  close(closer: CableEnd): void {
    if (this.deaf.has(closer)) return;
    this.pipeFrom(closer).end('the other side closed');
    this.tell(closer, 'closed', this.ground.latency());
  }

  /** The cable breaks: what is on its way is lost. */
  cut(reason: string): void {
    if (this.isBroken) return;
    this.break();
    for (const end of [this.first, this.second]) this.tell(end, reason, this.ground.notice());
  }

  /** The program at one end is gone. `flushed`: what it had sent still arrives, as when only the process was killed. */
  abandon(end: CableEnd, flushed: boolean): void {
    this.deaf.add(end);
    if (this.isBroken) return;
    if (flushed) return this.pipeFrom(end).end('the other side went away');
    this.break();
    this.tell(this.other(end), 'the other side went away', this.ground.notice());
  }

  clog(until: number): void {
    this.toFirst.clog(until);
    this.toSecond.clog(until);
  }

  connects(a: string, b: string): boolean {
    return this.touches(a) && this.touches(b);
  }

  touches(place: string): boolean {
    return this.first.place === place || this.second.place === place;
  }

  isOver(): boolean {
    return this.deaf.size === 2;
  }

  private break(): void {
    this.isBroken = true;
    this.toFirst.break();
    this.toSecond.break();
  }

  private tell(end: CableEnd, reason: string, ms: number): void {
    this.ground.run.timeline.after(ms, () => this.ear(end).closed(reason));
  }

  private ear(end: CableEnd): Ear {
    return {
      frame: (text) => {
        if (!this.deaf.has(end)) end.frame(text);
      },
      closed: (reason) => {
        if (this.deaf.has(end)) return;
        this.deaf.add(end);
        end.closed(reason);
      },
    };
  }

  private pipeFrom(sender: CableEnd): Pipe {
    return sender === this.first ? this.toSecond : this.toFirst;
  }

  private other(end: CableEnd): CableEnd {
    return end === this.first ? this.second : this.first;
  }
}
