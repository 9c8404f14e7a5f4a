// The WebSocket sessions of one life of a client, as cables to the name server.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Input } from '../../../client/engine/core/io.js';
import type { Cable, CableEnd } from '../network/cable.js';
import type { Town } from '../network/town.js';
import type { Life } from './life.js';

interface Held {
  readonly cable: Cable;
  readonly end: CableEnd;
}

export class SessionPort {
  private readonly held = new Map<number, Held>();

  constructor(
    private readonly town: Town,
    private readonly life: Life,
    private readonly put: (input: Input) => void,
  ) {}

  open(place: string, session: number): void {
    this.life.after(this.town.ground.latency(), () => this.connect(place, session));
  }

  send(session: number, frame: object): void {
    const held = this.held.get(session);
    held?.cable.send(held.end, JSON.stringify(frame));
  }

  close(session: number): void {
    const held = this.held.get(session);
    held?.cable.close(held.end);
  }

  abandonAll(flushed: boolean): void {
    for (const { cable, end } of this.held.values()) cable.abandon(end, flushed);
    this.held.clear();
  }

  private connect(place: string, session: number): void {
    const { ground, server, run, cables } = this.town;
    if (server === null) return this.refuse(session, ground.latency());
    if (!ground.isReachable(place, server.place)) return this.refuse(session, LIMITS.linkHandshakeMs);
    run.tally.add('sessions');
    const end: CableEnd = {
      place,
      frame: (text) => this.put({ type: 'session_frame', session, frame: parseJson(text) }),
      closed: (reason) => this.life.guarded(() => this.closed(session, reason))(),
    };
    const door = server.enter('10.0.0.9');
    const cable = cables.lay(end, door.end);
    this.held.set(session, { cable, end });
    this.put({ type: 'session_opened', session });
    door.opened(cable);
  }

  private refuse(session: number, ms: number): void {
    this.life.after(ms, () => this.put({ type: 'session_closed', session, reason: 'the name server does not answer' }));
  }

  private closed(session: number, reason: string): void {
    if (this.held.delete(session)) this.put({ type: 'session_closed', session, reason });
  }
}
