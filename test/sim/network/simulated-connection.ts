// A connection between two programs. It closes in order, or breaks and loses data in flight; each end notices later.

import type { NetworkModel } from './network-model.js';
import { Pipe, type PipeReader } from './pipe.js';

/** One end of a connection, at a node of the network. */
export interface ConnectionEnd extends PipeReader {
  readonly node: string;
}

export class SimulatedConnection {
  private readonly toFirst: Pipe;
  private readonly toSecond: Pipe;
  private readonly closedEnds = new Set<ConnectionEnd>();
  isBroken = false;

  constructor(
    private readonly model: NetworkModel,
    readonly first: ConnectionEnd,
    readonly second: ConnectionEnd,
  ) {
    this.toFirst = new Pipe(model, second.node, first.node, this.readerOf(first));
    this.toSecond = new Pipe(model, first.node, second.node, this.readerOf(second));
  }

  send(sender: ConnectionEnd, text: string): void {
    this.pipeFrom(sender).send(text);
  }

  /** An orderly close: the other end receives everything sent, then `closed`; this end gets `closed` a little later. */
  close(closer: ConnectionEnd): void {
    if (this.closedEnds.has(closer)) return;
    this.pipeFrom(closer).end('the other side closed');
    this.tell(closer, 'closed', this.model.latencyMs());
  }

  /** The connection breaks: data in flight is lost. */
  cut(reason: string): void {
    if (this.isBroken) return;
    this.break();
    for (const end of [this.first, this.second]) this.tell(end, reason, this.model.noticeMs());
  }

  /** The program at one end stopped. `flushed`: what it sent still arrives, as after a kill of the process only. */
  abandon(end: ConnectionEnd, flushed: boolean): void {
    this.closedEnds.add(end);
    if (this.isBroken) return;
    if (flushed) return this.pipeFrom(end).end('the other side went away');
    this.break();
    this.tell(this.other(end), 'the other side went away', this.model.noticeMs());
  }

  clog(until: number): void {
    this.toFirst.clog(until);
    this.toSecond.clog(until);
  }

  connects(a: string, b: string): boolean {
    return this.touches(a) && this.touches(b);
  }

  touches(place: string): boolean {
    return this.first.node === place || this.second.node === place;
  }

  isClosed(): boolean {
    return this.closedEnds.size === 2;
  }

  private break(): void {
    this.isBroken = true;
    this.toFirst.break();
    this.toSecond.break();
  }

  private tell(end: ConnectionEnd, reason: string, ms: number): void {
    this.model.run.timeline.after(ms, () => this.readerOf(end).closed(reason));
  }

  private readerOf(end: ConnectionEnd): PipeReader {
    return {
      frame: (text) => {
        if (!this.closedEnds.has(end)) end.frame(text);
      },
      closed: (reason) => {
        if (this.closedEnds.has(end)) return;
        this.closedEnds.add(end);
        end.closed(reason);
      },
    };
  }

  private pipeFrom(sender: ConnectionEnd): Pipe {
    return sender === this.first ? this.toSecond : this.toFirst;
  }

  private other(end: ConnectionEnd): ConnectionEnd {
    return end === this.first ? this.second : this.first;
  }
}
