// A simulated client: the real client machine, connected to one simulated server.

import type { ChannelServerFrame } from '../../../protocols/channels/client-protocol.js';
import { ChannelClient } from '../../../protocols/channels/client/channel-client.js';
import type {
  ChannelClientEffect,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../../protocols/channels/client/io.js';
import { InlineDriver, type Instant } from '../../../protocols/kit/machine.js';
import { randomId } from '../../../protocols/kit/random-id.js';
import { signedBytes } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives, fakeSeal, fakeUnseal } from '../kernel/fake-primitives.js';
import { messageKeyOf } from './oracle.js';
import type { ClientSink, SimulationContext, RelayHost } from './relay-host.js';

export class SimulatedClient {
  readonly heard = new Set<string>();
  private readonly key;
  private readonly machine: ChannelClient;
  private readonly driver: InlineDriver<ChannelClientInput, ChannelClientEffect>;
  private readonly highest = new Map<string, number>();
  private current: { readonly connection: number; readonly client: number } | null = null;
  private refs = 0;

  constructor(
    readonly name: string,
    readonly host: RelayHost,
    readonly channels: readonly string[],
    private readonly context: SimulationContext,
  ) {
    this.key = fakeKey(name);
    const { publicKey: key } = this.key;
    const random = context.random.fork(name);
    const clientSession = randomId(random);
    const rest = { origin: host.origin, address: host.name, serverKey: () => null, mayHear: () => true };
    this.machine = new ChannelClient({ card: { key, exchange: key, name }, clientSession, random, ...rest });
    this.driver = new InlineDriver<ChannelClientInput, ChannelClientEffect>({
      machine: this.machine,
      now: () => context.timeline.now,
      wakeInput: { type: 'wake' },
      perform: (effect) => this.perform(effect),
      setAlarm: (at, ring) => this.setAlarm(at, ring),
    });
  }

  begin(): void {
    this.put({ type: 'connect' });
    for (const channel of this.channels) this.put({ type: 'join', ref: this.ref(), channel });
  }

  say(channel: string, text: string): void {
    this.put({ type: 'send', ref: this.ref(), channel, text });
  }

  direct(to: SimulatedClient, text: string): void {
    this.put({ type: 'send_direct', ref: this.ref(), to: to.key.publicKey, text });
  }

  private ref(): number {
    return (this.refs += 1);
  }

  private put(input: ChannelClientInput): void {
    this.driver.put(input);
  }

  private setAlarm(at: Instant | null, ring: () => void): void {
    const { timeline } = this.context;
    if (at === null) return;
    timeline.after(at - timeline.now, () => {
      const due = this.machine.wakeAt();
      if (due !== null && due <= timeline.now) ring();
    });
  }

  private perform(effect: ChannelClientEffect): void {
    switch (effect.type) {
      case 'connection_open':
        return this.context.timeline.after(2, () => this.open(effect.connection));
      case 'connection_send':
        return this.context.timeline.after(1, () => {
          const { current } = this;
          if (current?.connection !== effect.connection) return;
          this.host.put({ type: 'client_frame', client: current.client, frame: effect.frame });
        });
      case 'connection_close':
        return this.leave(effect.connection);
      case 'answer':
        return this.context.oracle.tally.add(
          effect.answer.ok ? `answer ${effect.answer.type}` : `answer ${effect.answer.refusal.code}`,
        );
      case 'event':
        return this.learn(effect.event);
      default:
        return this.put(this.computed(effect));
    }
  }

  private open(connection: number): void {
    const sink: ClientSink = {
      hear: (frame: ChannelServerFrame) => this.put({ type: 'connection_frame', connection, frame }),
      closed: () => {
        if (this.current?.connection === connection) this.current = null;
        this.put({ type: 'connection_closed', connection, reason: 'closed' });
      },
    };
    const client = this.host.connect(sink);
    if (client === null) return this.put({ type: 'connection_closed', connection, reason: 'nobody there' });
    this.current = { connection, client };
    this.put({ type: 'connection_opened', connection, exporter: null });
  }

  private leave(connection: number): void {
    const { current } = this;
    if (current?.connection !== connection) return;
    this.current = null;
    this.host.disconnect(current.client);
  }

  private learn(event: ChannelClientEvent): void {
    this.context.oracle.tally.add(`event ${event.type}`);
    if (event.type !== 'message') return;
    const { oracle } = this.context;
    const session = `${event.from.key} ${event.clientSession}`;
    const last = this.highest.get(session) ?? 0;
    if (event.counter <= last) oracle.fail(`[VISIT-2] ${this.name} shows counter ${event.counter} after ${last}`);
    this.highest.set(session, event.counter);
    if (!oracle.sent.has(messageKeyOf({ ...event, life: event.clientSession, key: event.from.key })))
      oracle.fail(`[VISIT-1] ${this.name} shows a message that ${event.from.name} never sent in ${event.channel}`);
    if (!this.channels.includes(event.channel)) oracle.fail(`[VISIT-1] ${this.name} is not in ${event.channel}`);
    this.heard.add(`${event.channel} ${event.text}`);
  }

  private computed(
    effect: Extract<ChannelClientEffect, { type: 'sign' | 'verify' | 'seal' | 'unseal' }>,
  ): ChannelClientInput {
    const { ref } = effect;
    switch (effect.type) {
      case 'sign': {
        if (effect.signedType === 'channel_message') this.context.oracle.noteSigned(effect.payload);
        return {
          type: 'signed',
          ref,
          signature: fakePrimitives.sign(signedBytes(effect.signedType, effect.payload), this.key),
        };
      }
      case 'verify': {
        const bytes = signedBytes(effect.signedType, effect.signed.payload);
        return { type: 'verified', ref, isValid: fakePrimitives.verify(bytes, effect.signed.signature, effect.key) };
      }
      case 'seal':
        return { type: 'sealed', ref, body: fakeSeal(effect.exchange, effect.plain) };
      case 'unseal':
        return { type: 'unsealed', ref, plain: fakeUnseal(this.key.publicKey, effect.body) };
    }
  }
}
