// A simulated client: the real machine of a client at the door of one server.

import type { ChannelServerFrame } from '../../../protocols/channels/client-protocol.js';
import { ChannelClient } from '../../../protocols/channels/client/channel-client.js';
import type {
  ChannelClientEffect,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../../protocols/channels/client/io.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { signedBytes } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives, fakeSeal, fakeUnseal } from '../kernel/fake-primitives.js';
import { messageKeyOf } from './oracle.js';
import type { ClientSink, SimulationContext, RelayHost } from './relay-host.js';

export class SimulatedClient {
  readonly heard = new Set<string>();
  private readonly key;
  private readonly machine: ChannelClient;
  private readonly highest = new Map<string, number>();
  private connection: { readonly door: number; readonly client: number } | null = null;
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
    const life = toBase64url(random.bytes(16));
    const rest = { address: host.name, serverKey: () => null, mayHear: () => true };
    this.machine = new ChannelClient({ card: { key, exchange: key, name }, life, random, ...rest });
  }

  begin(): void {
    this.put({ kind: 'awake' });
    for (const channel of this.channels) this.put({ kind: 'join', ref: this.ref(), channel });
  }

  say(channel: string, text: string): void {
    this.put({ kind: 'say', ref: this.ref(), channel, text });
  }

  direct(to: SimulatedClient, text: string): void {
    this.put({ kind: 'whisper', ref: this.ref(), to: to.key.publicKey, text });
  }

  private ref(): number {
    return (this.refs += 1);
  }

  private put(input: ChannelClientInput): void {
    const { timeline } = this.context;
    for (const effect of this.machine.handle(input, timeline.now)) this.perform(effect);
    const at = this.machine.wakeAt();
    if (at === null) return;
    timeline.after(at - timeline.now, () => {
      const due = this.machine.wakeAt();
      if (due !== null && due <= timeline.now) this.put({ kind: 'wake' });
    });
  }

  private perform(effect: ChannelClientEffect): void {
    switch (effect.kind) {
      case 'door_open':
        return this.context.timeline.after(2, () => this.open(effect.door));
      case 'door_send':
        return this.context.timeline.after(1, () => {
          const { connection } = this;
          if (connection?.door !== effect.door) return;
          this.host.put({ type: 'client_frame', client: connection.client, frame: effect.frame });
        });
      case 'door_close':
        return this.leave(effect.door);
      case 'answer':
        return this.context.oracle.tally.add(
          effect.answer.ok ? `answer ${effect.answer.done}` : `answer ${effect.answer.refusal.code}`,
        );
      case 'news':
        return this.learn(effect.news);
      default:
        return this.put(this.computed(effect));
    }
  }

  private open(door: number): void {
    const sink: ClientSink = {
      hear: (frame: ChannelServerFrame) => this.put({ kind: 'door_frame', door, frame }),
      closed: () => {
        if (this.connection?.door === door) this.connection = null;
        this.put({ kind: 'door_closed', door, reason: 'closed' });
      },
    };
    const client = this.host.call(sink);
    if (client === null) return this.put({ kind: 'door_closed', door, reason: 'nobody there' });
    this.connection = { door, client };
    this.put({ kind: 'door_opened', door });
  }

  private leave(door: number): void {
    const { connection } = this;
    if (connection?.door !== door) return;
    this.connection = null;
    this.host.hangUp(connection.client);
  }

  private learn(news: ChannelClientEvent): void {
    this.context.oracle.tally.add(`news ${news.news}`);
    if (news.news !== 'said') return;
    const { oracle } = this.context;
    const life = `${news.from.key} ${news.life}`;
    const last = this.highest.get(life) ?? 0;
    if (news.counter <= last) oracle.fail(`[VISIT-2] ${this.name} is shown ${news.counter} after ${last}`);
    this.highest.set(life, news.counter);
    if (!oracle.spoken.has(messageKeyOf({ ...news, key: news.from.key })))
      oracle.fail(`[VISIT-1] ${this.name} is shown what ${news.from.name} never said in ${news.channel}`);
    if (!this.channels.includes(news.channel)) oracle.fail(`[VISIT-1] ${this.name} is not in ${news.channel}`);
    this.heard.add(`${news.channel} ${news.text}`);
  }

  private computed(
    effect: Extract<ChannelClientEffect, { kind: 'sign' | 'verify' | 'seal' | 'unseal' }>,
  ): ChannelClientInput {
    const { ref } = effect;
    switch (effect.kind) {
      case 'sign': {
        if (effect.type === 'channel_message') this.context.oracle.wasSigned(effect.payload);
        return {
          kind: 'signed',
          ref,
          signature: fakePrimitives.sign(signedBytes(effect.type, effect.payload), this.key),
        };
      }
      case 'verify': {
        const bytes = signedBytes(effect.type, effect.signed.payload);
        return { kind: 'verified', ref, holds: fakePrimitives.verify(bytes, effect.signed.signature, effect.key) };
      }
      case 'seal':
        return { kind: 'sealed', ref, body: fakeSeal(effect.exchange, effect.plain) };
      case 'unseal':
        return { kind: 'unsealed', ref, plain: fakeUnseal(this.key.publicKey, effect.body) };
    }
  }
}
