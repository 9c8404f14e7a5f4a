// The simulated WebSocket sessions of a client with the name server.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { SessionHello } from '../../../protocols/session/hello.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import type { SimulatedConnection, ConnectionEnd } from '../network/simulated-connection.js';
import type { SimulatedNetwork } from '../network/simulated-network.js';
import type { Incarnation } from './incarnation.js';

interface OpenSession {
  readonly connection: SimulatedConnection;
  readonly end: ConnectionEnd;
}

export class SessionPort {
  private readonly sessions = new Map<number, OpenSession>();

  constructor(
    private readonly network: SimulatedNetwork,
    /** The origin of the name server. */
    private readonly origin: string,
    private readonly incarnation: Incarnation,
    private readonly put: (input: Input) => void,
  ) {}

  open(place: string, { session, hello }: Extract<Effect, { type: 'session_open' }>): void {
    this.incarnation.after(this.network.model.latencyMs(), () => this.connect(place, session, hello));
  }

  send(session: number, frame: object): void {
    const held = this.sessions.get(session);
    held?.connection.send(held.end, JSON.stringify(frame));
  }

  close(session: number): void {
    const held = this.sessions.get(session);
    held?.connection.close(held.end);
  }

  abandonAll(flushed: boolean): void {
    for (const { connection, end } of this.sessions.values()) connection.abandon(end, flushed);
    this.sessions.clear();
  }

  private connect(place: string, session: number, hello: SessionHello): void {
    const { model, run, connections } = this.network;
    const server = this.network.serverAt(this.origin, place);
    if (server === null) return this.refuse(session, model.latencyMs());
    if (!model.isReachable(place, server.node)) return this.refuse(session, LIMITS.linkHandshakeMs);
    run.tally.add('sessions');
    const end: ConnectionEnd = {
      node: place,
      frame: (text) => this.put({ type: 'session_frame', session, frame: parseJson(text) }),
      closed: (reason) => this.incarnation.guarded(() => this.closed(session, reason))(),
    };
    const exporter = this.network.freshExporter();
    const endpoint = server.accept({ address: '10.0.0.9', exporter, hello });
    const connection = connections.connect(end, endpoint.end);
    this.sessions.set(session, { connection, end });
    this.put({ type: 'session_opened', session, exporter });
    endpoint.opened(connection);
  }

  private refuse(session: number, ms: number): void {
    this.incarnation.after(ms, () =>
      this.put({ type: 'session_closed', session, reason: 'the name server does not answer' }),
    );
  }

  private closed(session: number, reason: string): void {
    if (this.sessions.delete(session)) this.put({ type: 'session_closed', session, reason });
  }
}
