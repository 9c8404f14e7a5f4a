// The simulated links of a client: outgoing and incoming connections that carry frames as JSON text.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Endpoint } from '../../../client/engine/core/endpoint.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import type { SimulatedConnection, ConnectionEnd } from '../network/simulated-connection.js';
import type { NetworkListener, SimulatedNetwork } from '../network/simulated-network.js';
import type { Incarnation } from './incarnation.js';

/** Size of the keying material that TLS would export. */
const EXPORTED_BYTES = 104;

const FIRST_SOURCE_PORT = 50_000;

export type Dial = Extract<Effect, { type: 'dial' }>;
type LinkEffect = Extract<Effect, { type: 'knock_admit' | 'knock_ignore' | 'link_send' | 'link_close' }>;

interface OpenLink {
  readonly connection: SimulatedConnection;
  readonly end: ConnectionEnd;
}

type Opening = Omit<Extract<Input, { type: 'link_opened' }>, 'type' | 'link'>;

export class LinkPort {
  private readonly open = new Map<number, OpenLink>();
  private lastLink = 0;
  /** The callers that wait for the engine. */
  private readonly callers = new Map<number, () => void>();
  private lastKnock = 0;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly incarnation: Incarnation,
    private readonly put: (input: Input) => void,
  ) {}

  dial(self: NetworkListener, wish: Dial): void {
    this.incarnation.after(this.network.model.latencyMs(), () => this.tryEndpoints(self, wish));
  }

  /** The local end of a future connection; frames that arrive before it is open are queued. */
  prepare(place: string, opening: Opening): { end: ConnectionEnd; opened: (connection: SimulatedConnection) => void } {
    this.lastLink += 1;
    const link = this.lastLink;
    const early: string[] = [];
    const end: ConnectionEnd = {
      node: place,
      frame: (text) => {
        if (this.open.has(link)) this.hear(link, text);
        else early.push(text);
      },
      closed: (reason) => this.incarnation.guarded(() => this.closed(link, reason))(),
    };
    const opened = this.incarnation.guarded((connection: SimulatedConnection) => {
      this.open.set(link, { connection, end });
      this.put({ type: 'link_opened', link, ...opening });
      for (const text of early) this.hear(link, text);
    });
    return { end, opened };
  }

  perform(effect: LinkEffect): void {
    switch (effect.type) {
      case 'knock_admit':
      case 'knock_ignore':
        return this.answerKnock(effect.knock, effect.type === 'knock_admit');
      case 'link_send':
        return this.send(effect.link, effect.frame);
      case 'link_close':
        return this.close(effect.link);
      default:
        return assertNever(effect);
    }
  }

  abandonAll(flushed: boolean): void {
    for (const { connection, end } of this.open.values()) connection.abandon(end, flushed);
    this.open.clear();
  }

  /** A caller proved a device to us; `admit` is called if the engine admits it. */
  knocked(device: string, record: Signed, admit: () => void): void {
    this.lastKnock += 1;
    this.callers.set(this.lastKnock, admit);
    this.put({ type: 'knocked', knock: this.lastKnock, purpose: 'link', device, record });
  }

  private send(link: number, frame: object): void {
    const held = this.open.get(link);
    held?.connection.send(held.end, JSON.stringify(frame));
  }

  private close(link: number): void {
    const held = this.open.get(link);
    held?.connection.close(held.end);
  }

  private answerKnock(knock: number, isAdmitted: boolean): void {
    const admit = this.callers.get(knock);
    this.callers.delete(knock);
    if (isAdmitted) admit?.();
    else this.network.run.tally.add('ignored knocks');
  }

  private tryEndpoints(self: NetworkListener, { dial, endpoints, device, record }: Dial): void {
    const { model, run } = this.network;
    const there = endpoints.map((endpoint) => this.network.at(endpoint)).filter((each) => each !== null);
    const open = there.filter((each) => each.takesDials && model.isReachable(self.node, each.node));
    const right = open.filter((each) => each.device === device.device);
    // Another program that listens at the address cannot open the knock, and stays silent.
    if (right.length < open.length) run.tally.add('wrong dials');
    if (right.length === 0 || model.chance('dialFailure')) {
      run.tally.add('dial failures');
      const waitMs = there.length > 0 ? LIMITS.linkHandshakeMs : model.latencyMs();
      return this.incarnation.after(waitMs, () => this.put({ type: 'dial_failed', dial, reason: 'nobody answers' }));
    }
    this.knock(self, dial, { peer: model.pick(right), record });
  }

  private knock(
    self: NetworkListener,
    dial: number,
    { peer, record }: { peer: NetworkListener; record: Signed },
  ): void {
    const { model, run } = this.network;
    let isOver = false;
    const settle = (action: () => void): (() => void) =>
      this.incarnation.guarded(() => {
        if (!isOver) action();
        isOver = true;
      });
    const admitted = settle(() => this.connect(self, dial, peer));
    run.timeline.after(model.latencyMs(), () => peer.knocked(self.device, record, admitted));
    run.timeline.after(
      LIMITS.linkHandshakeMs,
      settle(() => this.put({ type: 'dial_failed', dial, reason: 'no answer in time' })),
    );
  }

  private source(self: NetworkListener): Endpoint {
    return { host: self.endpoint.host, port: FIRST_SOURCE_PORT + this.lastLink };
  }

  private connect(self: NetworkListener, dial: number, peer: NetworkListener): void {
    const { model, run, connections } = this.network;
    const exported = run.random.fork(`exported ${run.timeline.now} ${self.node}`).bytes(EXPORTED_BYTES);
    const near = this.prepare(self.node, { dial, peerKey: peer.device, from: peer.endpoint, exported });
    const far = peer.accept(this.source(self), self.device, exported);
    run.tally.add(connections.intact([self.node, peer.node]).length > 0 ? 'crossed dials' : 'links');
    const connection = connections.connect(near.end, far.end);
    run.timeline.after(model.latencyMs(), () => near.opened(connection));
    run.timeline.after(model.latencyMs(), () => far.opened(connection));
  }

  private hear(link: number, text: string): void {
    this.put({ type: 'link_frame', link, frame: parseJson(text) });
  }

  private closed(link: number, reason: string): void {
    if (this.open.delete(link)) this.put({ type: 'link_closed', link, reason });
  }
}
