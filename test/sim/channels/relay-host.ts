// A simulated server: a real relay that crashes and restarts. Its saved peers and its boot survive.

import type { ChannelServerFrame } from '../../../protocols/channels/client-protocol.js';
import { Relay } from '../../../protocols/channels/relay/relay.js';
import type { SavedPeer, RelayEffect, RelayInput } from '../../../protocols/channels/relay/io.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import type { Random } from '../kernel/random.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Trace } from '../kernel/trace.js';
import type { SimulatedLinks, SimulatedPeer } from './simulated-links.js';
import type { ChannelOracle, RelayRun } from './oracle.js';

export interface SimulationContext {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly links: SimulatedLinks;
  readonly oracle: ChannelOracle;
  readonly trace: Trace;
}

/** The client end of a connection. */
export interface ClientSink {
  hear(frame: ChannelServerFrame): void;
  closed(): void;
}

const COPY_AHEAD = 1_000;

export class RelayHost implements SimulatedPeer {
  readonly key: string;
  private readonly identity: string;
  relay: Relay | null = null;
  private boot = 0;
  private savedPeers: readonly SavedPeer[];
  private run: RelayRun | null = null;
  private readonly sinks = new Map<number, ClientSink>();
  private connections = 0;
  /** When this relay will be woken. */
  private planned = Infinity;

  constructor(
    readonly name: string,
    private readonly context: SimulationContext,
    private readonly options: {
      readonly listens: boolean;
      readonly isDiscoveryEnabled: boolean;
      readonly dials: string[];
      /** The name of the server with whose data this one runs. */
      readonly copyOf?: string;
    },
  ) {
    this.identity = options.copyOf ?? name;
    this.key = fakeKey(this.identity).publicKey;
    this.savedPeers = options.dials.map((host) => ({ host, port: 1, key: null, isManual: true }));
  }

  /** The origin that its clients dial. */
  get origin(): string {
    return `http://${this.name}`;
  }

  get isUp(): boolean {
    return this.relay !== null;
  }

  start(): void {
    if (this.relay) return;
    this.boot = this.nextBoot();
    this.planned = Infinity;
    const { listens, isDiscoveryEnabled } = this.options;
    this.relay = new Relay({
      ...{ primitives: fakePrimitives, random: this.context.random, key: fakeKey(this.identity), boot: this.boot },
      ...{ listensAt: listens ? { host: this.name, port: 1 } : null, peers: this.savedPeers, isDiscoveryEnabled },
      ...{ ownersOf: () => null, fingerprintOf: (key: string) => key },
      isOwnOrigin: (origin: string) => origin === this.origin,
    });
    this.run = this.context.oracle.begin(this.name, this.key);
    this.put({ type: 'wake' });
  }

  crash(): void {
    this.relay = null;
    this.run = null;
    this.context.links.breakAllOf(this.name);
    const sinks = [...this.sinks.values()];
    this.sinks.clear();
    for (const sink of sinks) sink.closed();
  }

  put(input: RelayInput): void {
    const { relay, run } = this;
    if (!relay || !run) return;
    const before = { ...relay.counts };
    const effects = relay.handle(input, this.context.timeline.now);
    run.stepped(input, before, relay);
    for (const effect of effects) if (this.relay === relay) this.perform(effect, run);
    this.plan(relay);
  }

  /** Opens a client connection; null if the server is down. */
  connect(sink: ClientSink): number | null {
    if (!this.relay) return null;
    const client = (this.connections += 1);
    this.sinks.set(client, sink);
    const address = `10.${client >> 8}.${client & 255}.1`;
    this.put({ type: 'client_opened', client, address, exporter: null });
    return client;
  }

  disconnect(client: number): void {
    if (this.sinks.delete(client)) this.put({ type: 'client_closed', client });
  }

  /** A copy of the data, to be started elsewhere. The clock has gone on, so its boot is higher. */
  copied(): RelayHost {
    const copy = new RelayHost(`copy of ${this.name}`, this.context, {
      ...this.options,
      ...{ listens: false, copyOf: this.name },
    });
    copy.boot = this.boot + COPY_AHEAD;
    copy.savedPeers = this.savedPeers;
    return copy;
  }

  private nextBoot(): number {
    return this.boot + 1;
  }

  private plan(relay: Relay): void {
    const at = relay.wakeAt();
    if (at === null || at >= this.planned) return;
    this.planned = at;
    this.context.timeline.after(at - this.context.timeline.now, () => {
      if (this.relay !== relay) return;
      this.planned = Infinity;
      const due = relay.wakeAt();
      if (due !== null && due <= this.context.timeline.now) this.put({ type: 'wake' });
      else this.plan(relay);
    });
  }

  private perform(effect: RelayEffect, run: RelayRun): void {
    const { links, timeline, trace } = this.context;
    trace.note(this.name, effect.type, effect);
    if (effect.type === 'peer_send') {
      run.sent(effect.link, effect.text);
      links.send(effect.link, effect.text);
    } else if (effect.type === 'peer_close') links.close(effect.link);
    else if (effect.type === 'dial') links.dial(this, effect.dial, effect.endpoint.host);
    else if (effect.type === 'save_peers') this.savedPeers = effect.peers;
    else if (effect.type === 'boot_raised') {
      this.context.oracle.tally.add('boots raised');
      this.boot = effect.boot;
    } else if (effect.type === 'client_send') {
      const { frame } = effect;
      for (const client of effect.clients) {
        run.delivered(client, frame);
        timeline.after(1, () => this.sinks.get(client)?.hear(frame));
      }
    } else if (effect.type === 'client_close') {
      const sink = this.sinks.get(effect.client);
      timeline.after(2, () => {
        this.disconnect(effect.client);
        sink?.closed();
      });
    }
  }
}
