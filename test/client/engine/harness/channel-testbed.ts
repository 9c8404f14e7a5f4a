// The channels of the name server of a testbed: a real relay, to which its clients connect.

import { Relay } from '../../../../protocols/channels/relay/relay.js';
import type { RelayInput } from '../../../../protocols/channels/relay/io.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { Random } from '../../../sim/kernel/random.js';
import { channelHello, offerIn } from '../../../nameserver/session-offer.js';
import type { Client } from './test-client.js';
import type { Testbed } from './testbed.js';

type ChannelEffect = Extract<Effect, { type: `channel_${string}` }>;

interface Entrant {
  readonly client: Client;
  readonly connection: number;
}

const STEP_MS = 1_000;
/** The origin that the clients of a testbed dial. */
const SERVER = 'http://names.example';

export class ChannelTestbed {
  /** Connections that clients asked for, open or not. */
  readonly requests: ChannelEffect[] = [];
  /** False: every connection is refused. */
  isUp = true;
  private readonly relay: Relay;
  private readonly entrants = new Map<number, Entrant>();
  private last = 0;

  constructor(
    private readonly testbed: Testbed,
    key = fakeKey('server'),
    ownersOf: (name: string) => readonly string[] | null = () => null,
  ) {
    const options = {
      boot: 1,
      listensAt: null,
      peers: [],
      isDiscoveryEnabled: false,
      ownersOf,
      isOwnOrigin: (origin: string) => origin === SERVER,
      fingerprintOf: (of: string) => of,
    };
    this.relay = new Relay({ primitives: fakePrimitives, random: new Random(1, 'relay'), key, ...options });
    testbed.passes = (client, effect) => {
      if (!isOfChannels(effect)) return true;
      if (effect.type === 'channel_open') this.requests.push(effect);
      testbed.later(() => this.carry(client, effect));
      return false;
    };
  }

  /** Connects a participant without a client; returns a function that sends frames. */
  enter(say: (offer: ServerProof) => object): (frame: object) => void {
    this.last += 1;
    const visitor = this.last;
    this.give({ type: 'client_opened', client: visitor, address: '203.0.113.9', exporter: null });
    const hello = { type: 'client_frame', client: visitor, frame: channelHello(SERVER) } as const;
    const effects = this.relay.handle(hello, this.testbed.now);
    const offer = offerIn(effects.flatMap((effect) => (effect.type === 'client_send' ? [effect.frame] : [])).at(0));
    this.give({ type: 'client_frame', client: visitor, frame: say(offer) });
    return (frame) => this.give({ type: 'client_frame', client: visitor, frame });
  }

  /** Lets time pass for the testbed and its relay. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.testbed.pass(Math.min(STEP_MS, left));
      if ((this.relay.wakeAt() ?? Infinity) <= this.testbed.now) this.give({ type: 'wake' });
      this.testbed.settle();
    }
  }

  /** All connections break. */
  breakDown(): void {
    for (const [visitor, { client, connection }] of this.entrants) {
      this.relay.handle({ type: 'client_closed', client: visitor }, this.testbed.now);
      client.give({ type: 'channel_closed', connection, reason: 'gone' });
    }
    this.entrants.clear();
    this.testbed.settle();
  }

  private carry(client: Client, effect: ChannelEffect): void {
    const [visitor] = [...this.entrants].find(
      ([, one]) => one.client === client && one.connection === effect.connection,
    ) ?? [0];
    switch (effect.type) {
      case 'channel_open':
        return this.open(client, effect.connection);
      case 'channel_send':
        return this.give({ type: 'client_frame', client: visitor, frame: effect.frame });
      case 'channel_close':
        this.entrants.delete(visitor);
        return this.give({ type: 'client_closed', client: visitor });
    }
  }

  private open(client: Client, connection: number): void {
    if (!this.isUp) return void client.give({ type: 'channel_closed', connection, reason: 'away' });
    this.last += 1;
    this.entrants.set(this.last, { client, connection });
    this.give({ type: 'client_opened', client: this.last, address: '192.0.2.1', exporter: null });
    client.give({ type: 'channel_opened', connection, exporter: null });
  }

  private give(input: RelayInput): void {
    for (const effect of this.relay.handle(input, this.testbed.now)) {
      if (effect.type !== 'client_send') continue;
      const { frame } = effect;
      for (const visitor of effect.clients) {
        const entrant = this.entrants.get(visitor);
        if (entrant)
          this.testbed.later(() =>
            entrant.client.give({ type: 'channel_frame', connection: entrant.connection, frame }),
          );
      }
    }
  }
}

function isOfChannels(effect: Effect): effect is ChannelEffect {
  return effect.type === 'channel_open' || effect.type === 'channel_send' || effect.type === 'channel_close';
}
