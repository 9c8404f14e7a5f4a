// The channels of a town's name server: a real relay, with the clients of the town at its door.

import assert from 'node:assert/strict';
import { Relay } from '../../../../protocols/channels/relay/relay.js';
import type { RelayInput } from '../../../../protocols/channels/relay/io.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { Random } from '../../../sim/kernel/random.js';
import type { Client } from './test-client.js';
import type { Testbed } from './testbed.js';

type DoorEffect = Extract<Effect, { type: `door_${string}` }>;

interface Entrant {
  readonly client: Client;
  readonly door: number;
}

const STEP_MS = 1_000;

export class ChannelTestbed {
  /** Doors that were asked for, open or not. */
  readonly doors: DoorEffect[] = [];
  /** False: nobody is let near. */
  isUp = true;
  private readonly relay: Relay;
  private readonly entrants = new Map<number, Entrant>();
  private last = 0;

  constructor(
    private readonly town: Testbed,
    key = fakeKey('server'),
    ownersOf: (name: string) => readonly string[] | null = () => null,
  ) {
    const options = {
      boot: 1,
      listensAt: null,
      peers: [],
      isDiscoveryEnabled: false,
      ownersOf,
      fingerprintOf: (of: string) => of,
    };
    this.relay = new Relay({ primitives: fakePrimitives, random: new Random(1, 'square'), key, ...options });
    town.passes = (client, effect) => {
      if (!isOfDoor(effect)) return true;
      if (effect.type === 'door_open') this.doors.push(effect);
      town.later(() => this.carry(client, effect));
      return false;
    };
  }

  /** Somebody without a client comes in; gives how to say something by frames. */
  enter(say: (server: string, challenge: string) => object): (frame: object) => void {
    this.last += 1;
    const visitor = this.last;
    const effects = this.relay.handle(
      { type: 'client_opened', client: visitor, address: '203.0.113.9' },
      this.town.now,
    );
    const challenge = effects.flatMap((effect) => (effect.type === 'client_send' ? [effect.frame] : [])).at(0);
    assert.ok(challenge?.type === 'challenge');
    this.give({ type: 'client_frame', client: visitor, frame: say(challenge.server, challenge.challenge) });
    return (frame) => this.give({ type: 'client_frame', client: visitor, frame });
  }

  /** Lets time pass for the town and its square. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.town.pass(Math.min(STEP_MS, left));
      if ((this.relay.wakeAt() ?? Infinity) <= this.town.now) this.give({ type: 'wake' });
      this.town.settle();
    }
  }

  /** All connections break. */
  breakDown(): void {
    for (const [visitor, { client, door }] of this.entrants) {
      this.relay.handle({ type: 'client_closed', client: visitor }, this.town.now);
      client.give({ type: 'door_closed', door, reason: 'gone' });
    }
    this.entrants.clear();
    this.town.settle();
  }

  private carry(client: Client, effect: DoorEffect): void {
    const [visitor] = [...this.entrants].find(([, one]) => one.client === client && one.door === effect.door) ?? [0];
    switch (effect.type) {
      case 'door_open':
        return this.open(client, effect.door);
      case 'door_send':
        return this.give({ type: 'client_frame', client: visitor, frame: effect.frame });
      case 'door_close':
        this.entrants.delete(visitor);
        return this.give({ type: 'client_closed', client: visitor });
    }
  }

  private open(client: Client, door: number): void {
    if (!this.isUp) return void client.give({ type: 'door_closed', door, reason: 'away' });
    this.last += 1;
    this.entrants.set(this.last, { client, door });
    client.give({ type: 'door_opened', door });
    this.give({ type: 'client_opened', client: this.last, address: '192.0.2.1' });
  }

  private give(input: RelayInput): void {
    for (const effect of this.relay.handle(input, this.town.now)) {
      if (effect.type !== 'client_send') continue;
      const { frame } = effect;
      for (const visitor of effect.clients) {
        const entrant = this.entrants.get(visitor);
        if (entrant) this.town.later(() => entrant.client.give({ type: 'door_frame', door: entrant.door, frame }));
      }
    }
  }
}

function isOfDoor(effect: Effect): effect is DoorEffect {
  return effect.type === 'door_open' || effect.type === 'door_send' || effect.type === 'door_close';
}
