// A channel client under test, with real signatures. The test sets the time, writes the frames of the server, and
// decides when results of cryptography arrive.

import assert from 'node:assert/strict';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { toBase64url } from '../../../../protocols/kit/bytes.js';
import { randomId } from '../../../../protocols/kit/random-id.js';
import { signedBytes, signObject, type Signed } from '../../../../protocols/kit/signed.js';
import type { ChannelServerFrame, ChannelClientFrame } from '../../../../protocols/channels/client-protocol.js';
import type {
  Card,
  ChannelMessage,
  DirectMessage,
  DirectContent,
} from '../../../../protocols/channels/signed-objects.js';
import { ChannelClient } from '../../../../protocols/channels/client/channel-client.js';
import type { ChannelClientOptions } from '../../../../protocols/channels/client/client-context.js';
import type {
  ChannelClientAnswer,
  ChannelClientEffect,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../../../protocols/channels/client/io.js';
import type { ClientConnection } from '../../../../protocols/kit/server-proof/server-proof.js';
import type { ChallengeFrame, ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { makeSigningKey, primitives } from '../../../../runtime/crypto.js';
import { random } from '../../../../runtime/sources.js';

export const START = 1_800_000_000_000;
export const PING_MS = 20_000;

export const freshKey = (): string => toBase64url(random.bytes(32));
export const freshSessionId = (): string => randomId(random);
export const SERVER_KEY = makeSigningKey();
export const CHALLENGE = freshKey();
export const ORIGIN = 'https://kith.example';

/** Not encrypted, but opened only with the right exchange key. */
const sealFor = (exchange: string, plain: string): string => Buffer.from(`${exchange} ${plain}`).toString('base64url');

/** A sender without a machine: it only signs. */
export class FakeSender {
  readonly key = makeSigningKey();
  readonly life = freshSessionId();
  readonly card: Card;
  counter = 0;

  constructor(
    name: string,
    readonly exchange = freshKey(),
  ) {
    this.card = { key: this.key.publicKey, exchange, name };
  }

  signedCard(change: Partial<Card> = {}): Signed {
    return signObject('card', { ...this.card, ...change }, this.key, primitives);
  }

  says(text: string, change: Partial<ChannelMessage> = {}): Signed {
    const message = { ...this.fields(), channel: 'lab', text, ...change };
    return signObject('channel_message', message, this.key, primitives);
  }

  sendsDirect(to: Card, content: DirectContent, change: Partial<DirectMessage> = {}): Signed {
    const direct = { ...this.fields(), to: to.key, sealed: sealFor(to.exchange, JSON.stringify(content)), ...change };
    return signObject('direct', direct, this.key, primitives);
  }

  private fields(): Omit<ChannelMessage, 'channel' | 'text'> {
    this.counter += 1;
    return { ...this.card, life: this.life, counter: this.counter, at: START };
  }
}

type Crypto = Extract<ChannelClientEffect, { type: 'sign' | 'verify' | 'seal' | 'unseal' }>;

export class ClientTestbed {
  readonly key = makeSigningKey();
  readonly exchange = freshKey();
  readonly life = freshSessionId();
  readonly card: Card;
  readonly machine: ChannelClient;
  now = START;
  sent: ChannelClientFrame[] = [];
  events: ChannelClientEvent[] = [];
  answers = new Map<number, ChannelClientAnswer>();
  connections: number[] = [];
  closed: number[] = [];
  /** Requests for cryptography that the test has not answered. */
  held: Crypto[] = [];
  /** False: results wait in `held` until the test releases them. */
  isPrompt = true;
  private lastRef = 0;

  constructor(options: Partial<ChannelClientOptions> = {}) {
    this.card = { key: this.key.publicKey, exchange: this.exchange, name: 'alice' };
    const rest = { origin: ORIGIN, address: 'kith.example', serverKey: () => null, mayHear: () => true };
    this.machine = new ChannelClient({ card: this.card, clientSession: this.life, random, ...rest, ...options });
  }

  get connection(): number {
    return this.connections.at(-1) ?? 0;
  }

  input(input: ChannelClientInput): void {
    for (const effect of this.machine.handle(input, this.now)) this.perform(effect);
  }

  /** Makes a request and returns its number. */
  request(request: { type: 'join' | 'part'; channel: string }): number;
  request(
    request: { type: 'send'; channel: string; text: string } | { type: 'send_direct'; to: string; text: string },
  ): number;
  request(request: object): number {
    this.lastRef += 1;
    this.input({ ...request, ref: this.lastRef } as ChannelClientInput);
    return this.lastRef;
  }

  receive(...frames: unknown[]): void {
    for (const frame of frames) this.input({ type: 'connection_frame', connection: this.connection, frame });
  }

  receiveMessages(...said: Signed[]): void {
    for (const one of said) this.receive({ type: 'heard', kind: 'channel', said: one });
  }

  receiveDirect(...said: Signed[]): void {
    for (const one of said) this.receive({ type: 'heard', kind: 'direct', said: one });
  }

  open(exporter: ClientConnection['exporter'] = null): void {
    this.input({ type: 'connection_opened', connection: this.connection, exporter });
  }

  /** The answer of the server to the last hello. */
  challenge(changes: Partial<ServerProof> = {}, key = SERVER_KEY): ChallengeFrame {
    const hello = this.sentOf('hello').at(-1);
    assert.ok(hello);
    const { nonce, origin } = hello;
    const offer = { server: SERVER_KEY.publicKey, origin, nonce, challenge: CHALLENGE, exporter: null, ...changes };
    return { type: 'challenge', server: offer.server, proof: signObject('channel_offer', offer, key, primitives) };
  }

  /** Opens the connection and enters. */
  enter(): void {
    if (this.machine.connectionState === 'asleep') this.input({ type: 'connect' });
    this.open();
    this.receive(this.challenge(), { type: 'welcome', pingMs: PING_MS });
    assert.equal(this.machine.connectionState, 'open');
  }

  /** Waits for the next attempt, and enters. */
  comeBack(): void {
    while (this.machine.connectionState === 'away') this.pass((this.machine.wakeAt() ?? 0) - this.now);
    this.enter();
  }

  /** Joins a channel with these members. */
  joins(channel: string, ...here: Signed[]): number {
    const ref = this.request({ type: 'join', channel });
    this.receive(joined(channel, here));
    return ref;
  }

  lose(reason = 'gone'): void {
    this.input({ type: 'connection_closed', connection: this.connection, reason });
  }

  /** Lets time pass, and wakes the machine whenever it asked for it. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let at = this.machine.wakeAt(); at !== null && at <= until; at = this.machine.wakeAt()) {
      this.now = Math.max(this.now, at);
      this.input({ type: 'wake' });
    }
    this.now = until;
  }

  /** Answers one request for cryptography. */
  release(effect: Crypto | undefined): void {
    assert.ok(effect);
    this.held = this.held.filter((other) => other !== effect);
    this.input(this.computed(effect));
  }

  eventsOf<K extends ChannelClientEvent['type']>(type: K): Extract<ChannelClientEvent, { type: K }>[] {
    return this.events.filter((one): one is Extract<ChannelClientEvent, { type: K }> => one.type === type);
  }

  /** The texts shown, in order. */
  get shown(): string[] {
    return this.eventsOf('message').map(({ text }) => text);
  }

  sentOf<K extends ChannelClientFrame['type']>(type: K): Extract<ChannelClientFrame, { type: K }>[] {
    return this.sent.filter((one): one is Extract<ChannelClientFrame, { type: K }> => one.type === type);
  }

  /** The sent messages, parsed, in order. */
  saidBy(): (ChannelMessage & DirectMessage)[] {
    return this.sentOf('say').map(({ said }) => JSON.parse(said.payload) as ChannelMessage & DirectMessage);
  }

  /** The content of a sealed message. */
  contentOf(direct: DirectMessage): DirectContent {
    const plain = Buffer.from(direct.sealed, 'base64url').toString();
    return JSON.parse(plain.slice(44)) as DirectContent;
  }

  refusalOf(ref: number): string | null {
    const answer = this.answers.get(ref);
    return answer && !answer.ok ? answer.refusal.code : null;
  }

  private perform(effect: ChannelClientEffect): void {
    switch (effect.type) {
      case 'connection_open':
        return void this.connections.push(effect.connection);
      case 'connection_send':
        if (effect.connection === this.connection) this.sent.push(effect.frame);
        return;
      case 'connection_close':
        return void this.closed.push(effect.connection);
      case 'answer':
        assert.ok(!this.answers.has(effect.ref), 'one answer for each request');
        return void this.answers.set(effect.ref, effect.answer);
      case 'event':
        return void this.events.push(effect.event);
      default:
        if (this.isPrompt) this.input(this.computed(effect));
        else this.held.push(effect);
    }
  }

  private computed(effect: Crypto): ChannelClientInput {
    const { ref } = effect;
    switch (effect.type) {
      case 'sign': {
        const signature = primitives.sign(signedBytes(effect.signedType, effect.payload), this.key);
        return { type: 'signed', ref, signature };
      }
      case 'verify': {
        const bytes = signedBytes(effect.signedType, effect.signed.payload);
        return { type: 'verified', ref, isValid: primitives.verify(bytes, effect.signed.signature, effect.key) };
      }
      case 'seal':
        return { type: 'sealed', ref, body: sealFor(effect.exchange, effect.plain) };
      case 'unseal': {
        const plain = Buffer.from(effect.body, 'base64url').toString();
        return { type: 'unsealed', ref, plain: plain.startsWith(`${this.exchange} `) ? plain.slice(44) : null };
      }
    }
  }
}

export function joined(channel: string, here: Signed[] = [], elsewhere = 0): ChannelServerFrame {
  return { type: 'joined', channel, here, count: here.length, elsewhere };
}

/** A client that has entered and joined `lab`. */
export function inLab(...here: Signed[]): ClientTestbed {
  const testbed = new ClientTestbed();
  testbed.enter();
  testbed.joins('lab', ...here);
  return testbed;
}

export const SKEW_MS = LIMITS.relaySkewMs;
