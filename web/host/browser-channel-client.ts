// Runs the channel client (protocols/channels/client) in a browser: performs its effects with the WebSocket, the
// cryptography and the timers of the browser. It has no store and `runtime` needs Node, so the driver is the inline
// one.

import type { Card } from '../../protocols/channels/signed-objects.js';
import { ChannelClient } from '../../protocols/channels/client/channel-client.js';
import type {
  ChannelClientAnswer,
  ChannelClientEffect,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../protocols/channels/client/io.js';
import { randomId } from '../../protocols/kit/random-id.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assertNever, InlineDriver, type Instant } from '../../protocols/kit/machine.js';
import { signedBytes } from '../../protocols/kit/signed.js';
import type { PageSocket, PageSocketListener } from './page-socket.js';
import { sign, signatureHolds, type Identity } from './identity.js';
import { clock, random } from './sources.js';
import { seal, unseal } from './direct-message-cipher.js';

export interface BrowserChannelClientOptions {
  readonly identity: Identity;
  readonly name: string;
  /** The origin of the page and its server. */
  readonly origin: string;
  /** The name of the server in refusals. */
  readonly address: string;
  readonly openSocket: (listener: PageSocketListener) => PageSocket;
  readonly mayHear: (key: string) => boolean;
  readonly onAnswer: (ref: number, answer: ChannelClientAnswer) => void;
  readonly onEvent: (event: ChannelClientEvent) => void;
}

type ComputedEffect = Extract<ChannelClientEffect, { type: 'sign' | 'verify' | 'seal' | 'unseal' }>;

export class BrowserChannelClient {
  readonly card: Card;
  readonly clientSession = randomId(random);
  private readonly machine: ChannelClient;
  private readonly driver: InlineDriver<ChannelClientInput, ChannelClientEffect>;
  private readonly sockets = new Map<number, PageSocket>();
  private alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: BrowserChannelClientOptions) {
    const { identity, name, origin, address, mayHear } = options;
    this.card = { key: identity.key, exchange: identity.exchange, name };
    const { card } = this;
    this.machine = new ChannelClient({
      card,
      clientSession: this.clientSession,
      random,
      origin,
      address,
      mayHear,
      serverKey: () => null,
    });
    this.driver = new InlineDriver<ChannelClientInput, ChannelClientEffect>({
      machine: this.machine,
      now: () => clock.now(),
      wakeInput: { type: 'wake' },
      perform: (effect) => this.perform(effect),
      setAlarm: (at, ring) => this.setAlarm(at, ring),
    });
  }

  /** The channels the client is in, or wants to be in. */
  channels(): string[] {
    return this.machine.channels().map(({ channel }) => channel);
  }

  put(input: ChannelClientInput): void {
    this.driver.put(input);
  }

  private perform(effect: ChannelClientEffect): void {
    switch (effect.type) {
      case 'answer':
        return this.options.onAnswer(effect.ref, effect.answer);
      case 'event':
        return this.options.onEvent(effect.event);
      case 'connection_open':
        return this.open(effect.connection);
      case 'connection_send':
        return this.sockets.get(effect.connection)?.send(effect.frame);
      case 'connection_close':
        return this.close(effect.connection);
      default:
        void this.compute(effect);
    }
  }

  private async compute(effect: ComputedEffect): Promise<void> {
    const { identity } = this.options;
    const { ref } = effect;
    switch (effect.type) {
      case 'sign': {
        const signature = await sign(identity, signedBytes(effect.signedType, effect.payload));
        return this.put({ type: 'signed', ref, signature });
      }
      case 'verify': {
        const { payload, signature } = effect.signed;
        const isValid = await signatureHolds(signedBytes(effect.signedType, payload), signature, effect.key);
        return this.put({ type: 'verified', ref, isValid });
      }
      case 'seal':
        return this.put({ type: 'sealed', ref, body: await seal(effect.exchange, effect.plain) });
      case 'unseal':
        return this.put({ type: 'unsealed', ref, plain: await unseal(identity.opening, effect.body) });
      default:
        return assertNever(effect);
    }
  }

  /** Events of a socket that the client closed are ignored. */
  private open(connection: number): void {
    const isOpen = (): boolean => this.sockets.has(connection);
    this.sockets.set(
      connection,
      this.options.openSocket({
        opened: () => isOpen() && this.put({ type: 'connection_opened', connection, exporter: { type: 'hidden' } }),
        frame: (frame) => isOpen() && this.put({ type: 'connection_frame', connection, frame }),
        closed: (reason) => isOpen() && this.put({ type: 'connection_closed', connection, reason }),
        refused: (refusal) => isOpen() && this.put({ type: 'connection_refused', connection, refusal }),
      }),
    );
  }

  private close(connection: number): void {
    this.sockets.get(connection)?.close();
    this.sockets.delete(connection);
  }

  private setAlarm(at: Instant | null, ring: () => void): void {
    clearTimeout(this.alarm);
    if (at === null) return;
    const waitMs = Math.min(Math.max(at - clock.now(), 0), LIMITS.driverTimerMs);
    this.alarm = setTimeout(ring, waitMs);
  }
}
