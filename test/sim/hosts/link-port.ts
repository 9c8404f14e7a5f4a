// The links of one life of a client: dialling, being dialled, frames as JSON text over cables.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Effect, Endpoint, Input } from '../../../client/engine/core/io.js';
import type { Cable, CableEnd } from '../network/cable.js';
import type { Listener, Town } from '../network/town.js';
import type { Life } from './life.js';

/** The keying material that TLS would export. */
const EXPORTED_BYTES = 104;

const FIRST_SOURCE_PORT = 50_000;

export type Dial = Pick<Extract<Effect, { type: 'dial' }>, 'dial' | 'endpoints' | 'devices'>;

interface Held {
  readonly cable: Cable;
  readonly end: CableEnd;
}

type Opening = Omit<Extract<Input, { type: 'link_opened' }>, 'type' | 'link'>;

export class LinkPort {
  private readonly held = new Map<number, Held>();
  private lastLink = 0;

  constructor(
    private readonly town: Town,
    private readonly life: Life,
    private readonly put: (input: Input) => void,
  ) {}

  dial(self: Listener, wish: Dial): void {
    this.life.after(this.town.ground.latency(), () => this.reach(self, wish));
  }

  /** An end of a cable to come: frames that arrive before it is opened wait. */
  prepare(place: string, opening: Opening): { end: CableEnd; opened: (cable: Cable) => void } {
    this.lastLink += 1;
    const link = this.lastLink;
    const early: string[] = [];
    const end: CableEnd = {
      place,
      frame: (text) => {
        if (this.held.has(link)) this.hear(link, text);
        else early.push(text);
      },
      closed: (reason) => this.life.guarded(() => this.closed(link, reason))(),
    };
    const opened = this.life.guarded((cable: Cable) => {
      this.held.set(link, { cable, end });
      this.put({ type: 'link_opened', link, ...opening });
      for (const text of early) this.hear(link, text);
    });
    return { end, opened };
  }

  send(link: number, frame: object): void {
    const held = this.held.get(link);
    held?.cable.send(held.end, JSON.stringify(frame));
  }

  close(link: number): void {
    const held = this.held.get(link);
    held?.cable.close(held.end);
  }

  abandonAll(flushed: boolean): void {
    for (const { cable, end } of this.held.values()) cable.abandon(end, flushed);
    this.held.clear();
  }

  private reach(self: Listener, { dial, endpoints, devices }: Dial): void {
    const { ground } = this.town;
    const there = endpoints.map((endpoint) => this.town.at(endpoint)).filter((each) => each !== null);
    const open = there.filter((each) => each.takesDials && ground.isReachable(self.place, each.place));
    const right = open.filter((each) => devices.includes(each.device));
    for (const stranger of open) if (!right.includes(stranger)) this.brush(self, stranger);
    if (right.length === 0 || ground.chance('dialFailure')) {
      this.town.run.tally.add('dial failures');
      const waitMs = there.length > 0 ? LIMITS.linkHandshakeMs : ground.latency();
      return this.life.after(waitMs, () => this.put({ type: 'dial_failed', dial, reason: 'nobody answers' }));
    }
    this.connect(self, dial, ground.pick(right));
  }

  /** Another program listens where the one we want was: it sees us come and go. */
  private brush(self: Listener, stranger: Listener): void {
    const { run, cables } = this.town;
    const far = stranger.meet(this.source(self), self.device, new Uint8Array(EXPORTED_BYTES));
    const near: CableEnd = { place: self.place, frame: () => undefined, closed: () => undefined };
    run.tally.add('wrong dials');
    const cable = cables.lay(near, far.end);
    far.opened(cable);
    cable.close(near);
  }

  private source(self: Listener): Endpoint {
    return { host: self.endpoint.host, port: FIRST_SOURCE_PORT + this.lastLink };
  }

  private connect(self: Listener, dial: number, peer: Listener): void {
    const { ground, run, cables } = this.town;
    const exported = run.random.fork(`exported ${run.timeline.now} ${self.place}`).bytes(EXPORTED_BYTES);
    const near = this.prepare(self.place, { dial, peerKey: peer.device, from: peer.endpoint, exported });
    const far = peer.meet(this.source(self), self.device, exported);
    run.tally.add(cables.whole([self.place, peer.place]).length > 0 ? 'crossed dials' : 'links');
    const cable = cables.lay(near.end, far.end);
    run.timeline.after(ground.latency(), () => near.opened(cable));
    run.timeline.after(ground.latency(), () => far.opened(cable));
  }

  private hear(link: number, text: string): void {
    this.put({ type: 'link_frame', link, frame: parseJson(text) });
  }

  private closed(link: number, reason: string): void {
    if (this.held.delete(link)) this.put({ type: 'link_closed', link, reason });
  }
}
