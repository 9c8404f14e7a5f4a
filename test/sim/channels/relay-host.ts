// A simulated server of channels: a real relay that crashes and starts again; its kept peers and its boot survive.

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
  readonly cables: SimulatedLinks;
  readonly oracle: ChannelOracle;
  readonly trace: Trace;
}

/** A connection at a door. */
export interface ClientSink {
  hear(frame: ChannelServerFrame): void;
  closed(): void;
}

export class RelayHost implements SimulatedPeer {
  readonly key: string;
  relay: Relay | null = null;
  private boot = 0;
  private kept: readonly SavedPeer[];
  private life: RelayRun | null = null;
  private readonly callers = new Map<number, ClientSink>();
  private connections = 0;
  /** Of this relay, when it will be woken. */
  private planned = Infinity;

  constructor(
    readonly name: string,
    private readonly means: SimulationContext,
    private readonly options: { readonly listens: boolean; readonly discovers: boolean; readonly dials: string[] },
  ) {
    this.key = fakeKey(name).publicKey;
    this.kept = options.dials.map((host) => ({ host, port: 1, key: null, isManual: true }));
  }

  get isUp(): boolean {
    return this.relay !== null;
  }

  start(): void {
    if (this.relay) return;
    this.boot = this.nextBoot();
    this.planned = Infinity;
    const { listens, discovers } = this.options;
    this.relay = new Relay({
      ...{ primitives: fakePrimitives, dice: this.means.random, key: fakeKey(this.name), boot: this.boot },
      ...{ listensAt: listens ? { host: this.name, port: 1 } : null, peers: this.kept, discovers },
      ...{ ownersOf: () => null, wordsOf: (key: string) => key },
    });
    this.life = this.means.oracle.begin(this.name, this.key);
    this.put({ kind: 'wake' });
  }

  crash(): void {
    this.relay = null;
    this.life = null;
    this.means.cables.breakAllOf(this.name);
    const callers = [...this.callers.values()];
    this.callers.clear();
    for (const caller of callers) caller.closed();
  }

  put(input: RelayInput): void {
    const { relay, life } = this;
    if (!relay || !life) return;
    const before = { ...relay.counts };
    const effects = relay.handle(input, this.means.timeline.now);
    life.stepped(input, before, relay);
    for (const effect of effects) if (this.relay === relay) this.perform(effect, life);
    this.plan(relay);
  }

  /** Opens a connection at the door; null where the server is down. */
  call(caller: ClientSink): number | null {
    if (!this.relay) return null;
    const visitor = (this.connections += 1);
    this.callers.set(visitor, caller);
    const address = `10.${visitor >> 8}.${visitor & 255}.1`;
    this.put({ kind: 'visitor_opened', visitor, address });
    return visitor;
  }

  hangUp(visitor: number): void {
    if (this.callers.delete(visitor)) this.put({ kind: 'visitor_closed', visitor });
  }

  private nextBoot(): number {
    return this.boot + 1;
  }

  private plan(relay: Relay): void {
    const at = relay.wakeAt();
    if (at === null || at >= this.planned) return;
    this.planned = at;
    this.means.timeline.after(at - this.means.timeline.now, () => {
      if (this.relay !== relay) return;
      this.planned = Infinity;
      const due = relay.wakeAt();
      if (due !== null && due <= this.means.timeline.now) this.put({ kind: 'wake' });
      else this.plan(relay);
    });
  }

  private perform(effect: RelayEffect, life: RelayRun): void {
    const { cables, timeline, trace } = this.means;
    trace.note(this.name, effect.kind, effect);
    if (effect.kind === 'peer_send') {
      life.sent(effect.link, effect.text);
      cables.send(effect.link, effect.text);
    } else if (effect.kind === 'peer_close') cables.close(effect.link);
    else if (effect.kind === 'dial') cables.dial(this, effect.dial, effect.place.host);
    else if (effect.kind === 'keep') this.kept = effect.peers;
    else if (effect.kind === 'tell') {
      const { frame } = effect;
      for (const visitor of effect.visitors) {
        life.told(visitor, frame);
        timeline.after(1, () => this.callers.get(visitor)?.hear(frame));
      }
    } else if (effect.kind === 'visitor_close') {
      const caller = this.callers.get(effect.visitor);
      timeline.after(2, () => {
        this.hangUp(effect.visitor);
        caller?.closed();
      });
    }
  }
}
