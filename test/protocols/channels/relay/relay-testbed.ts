// A relay and fake clients for tests, without a network; the test sets the time.

import assert from 'node:assert/strict';
import type { ChannelServerFrame } from '../../../../protocols/channels/client-protocol.js';
import { Relay, type RelayOptions } from '../../../../protocols/channels/relay/relay.js';
import type { RelayEffect, RelayInput } from '../../../../protocols/channels/relay/io.js';
import type { Card, ChannelMessage, DirectMessage, EntryProof } from '../../../../protocols/channels/signed-objects.js';
import { fingerprintWords } from '../../../../protocols/directory/fingerprint.js';
import { signObject, type Signed, type SignedType } from '../../../../protocols/kit/signed.js';
import type { ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { channelHello, offerIn, ORIGIN } from '../../../nameserver/session-offer.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { Random } from '../../../sim/kernel/random.js';

/** A fingerprint as an operator types it. */
export const fingerprintOf = (key: string): string => fingerprintWords(key, fakePrimitives).replaceAll(' ', '-');

export const START = 1_800_000_000_000;
export const SESSION_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

export function sign(type: SignedType, value: object, keyName: string): Signed {
  return signObject(type, value, fakeKey(keyName), fakePrimitives);
}

/** A client whose key is derived from its name. */
export class FakeClient {
  counter = 0;
  readonly key: string;

  constructor(
    readonly name: string,
    readonly life = SESSION_ID,
  ) {
    this.key = fakeKey(name).publicKey;
  }

  card(changes: Partial<Card> = {}): Signed {
    return sign('card', { key: this.key, exchange: this.key, name: this.name, ...changes }, this.name);
  }

  entry({ server, origin, challenge, exporter }: ServerProof, changes: Partial<EntryProof> = {}): Signed {
    const entry = { server, origin, challenge, exporter, key: this.key, life: this.life, ...changes };
    return sign('entry', entry, this.name);
  }

  says(channel: string, text: string, changes: Partial<ChannelMessage> = {}): Signed {
    return sign('channel_message', { ...this.fields(), channel, text, ...changes }, this.name);
  }

  sendsDirect(to: string, sealed: string, changes: Partial<DirectMessage> = {}): Signed {
    return sign('direct', { ...this.fields(), to, sealed, ...changes }, this.name);
  }

  private fields() {
    const { key, name, life } = this;
    return { key, exchange: key, name, life, counter: (this.counter += 1), at: START };
  }
}

/** One relay. Time passes only by `pass`. */
export class RelayTestbed {
  now = START;
  readonly relay: Relay;
  readonly key: string;
  readonly effects: RelayEffect[] = [];
  /** Performs the effects on links, if the test has peers. */
  perform: (effects: readonly RelayEffect[]) => void = () => undefined;
  private readonly heard = new Map<number, ChannelServerFrame[]>();
  private clients = 0;

  constructor(options: Partial<RelayOptions> & { name?: string } = {}) {
    const { name = 'server', ...others } = options;
    const key = fakeKey(name);
    this.key = key.publicKey;
    const plain = {
      boot: 1,
      listensAt: null,
      peers: [],
      isDiscoveryEnabled: false,
      ownersOf: () => null,
      isOwnOrigin: (origin: string) => origin === ORIGIN,
      fingerprintOf: fingerprintOf,
    };
    const random = new Random(1, name);
    this.relay = new Relay({ primitives: fakePrimitives, random, key, ...plain, ...others });
  }

  give(input: RelayInput): RelayEffect[] {
    const effects = this.relay.handle(input, this.now);
    this.perform(effects);
    for (const effect of effects) {
      if (effect.type !== 'client_send') continue;
      for (const client of effect.clients) this.framesOf(client).push(effect.frame);
    }
    this.effects.push(...effects);
    return effects;
  }

  private framesOf(client: number): ChannelServerFrame[] {
    const frames = this.heard.get(client) ?? [];
    this.heard.set(client, frames);
    return frames;
  }

  /** Lets time pass, and wakes the relay whenever it asked for it. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let next = this.relay.wakeAt(); next !== null && next <= until; next = this.relay.wakeAt()) {
      this.now = Math.max(this.now, next);
      this.give({ type: 'wake' });
    }
    this.now = until;
  }

  /** The frames sent to a client since the last call. */
  told(client: number): ChannelServerFrame[] {
    const frames = this.heard.get(client) ?? [];
    this.heard.delete(client);
    return frames;
  }

  open(address = '10.0.0.1', exporter: string | null = null): number {
    this.clients += 1;
    this.give({ type: 'client_opened', client: this.clients, address, exporter });
    return this.clients;
  }

  /** Opens a connection and says hello; returns what the server has signed. */
  knock(address?: string, exporter?: string): { client: number; offer: ServerProof } {
    const client = this.open(address, exporter);
    this.frame(client, channelHello());
    return { client, offer: offerIn(this.told(client).at(-1)) };
  }

  /** Enters and joins channels. The frames up to here are discarded. */
  enter(who: FakeClient, ...channels: string[]): number {
    return this.enterFrom('10.0.0.1', who, ...channels);
  }

  enterFrom(address: string, who: FakeClient, ...channels: string[]): number {
    const { client, offer } = this.knock(address);
    this.frame(client, { type: 'enter', card: who.card(), entry: who.entry(offer) });
    for (const channel of channels) this.frame(client, { type: 'join', channel });
    const told = this.told(client).map(({ type }) => type);
    assert.deepEqual(told, ['welcome', ...channels.map(() => 'joined')]);
    return client;
  }

  frame(client: number, frame: unknown): RelayEffect[] {
    return this.give({ type: 'client_frame', client, frame });
  }

  say(client: number, said: Signed): RelayEffect[] {
    return this.frame(client, { type: 'say', kind: 'channel', said });
  }

  direct(client: number, said: Signed): RelayEffect[] {
    return this.frame(client, { type: 'say', kind: 'direct', said });
  }

  /** True iff the relay has closed this connection. */
  isClosed(client: number): boolean {
    return this.effects.some((effect) => effect.type === 'client_close' && effect.client === client);
  }
}

/** The texts of the delivered messages, in order. */
export function textsOf(frames: readonly ChannelServerFrame[]): string[] {
  return frames
    .flatMap((frame) =>
      frame.type === 'heard' ? (JSON.parse(frame.said.payload) as { text?: string; sealed?: string }) : [],
    )
    .map(({ text, sealed }) => text ?? sealed ?? '');
}

/** The codes of the refusals, in order. */
export function codesOf(frames: readonly ChannelServerFrame[]): string[] {
  return frames.flatMap((frame) => (frame.type === 'error' ? [frame.code] : []));
}
