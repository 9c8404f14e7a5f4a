// Runs the channel client (protocols/channels/client) in a browser. Performs its effects in order, with the WebSocket,
// the cryptography and the timers of the browser.

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
import { assertNever } from '../../protocols/kit/machine.js';
import { signedBytes } from '../../protocols/kit/signed.js';
import type { PageSocket, PageSocketListener } from './page-socket.js';
import { sign, signatureHolds, type Identity } from './identity.js';
import { clock, random } from './sources.js';
import { seal, unseal } from './direct-message-cipher.js';

export interface BrowserChannelClientOptions {
  readonly identity: Identity;
  readonly name: string;
  /** The name of the server in refusals. */
  readonly address: string;
  readonly openSocket: (listener: PageSocketListener) => PageSocket;
  readonly mayHear: (key: string) => boolean;
  readonly onAnswer: (ref: number, answer: ChannelClientAnswer) => void;
  readonly onEvent: (event: ChannelClientEvent) => void;
}

/** Effects other than reports to the page. */
type Performed = Exclude<ChannelClientEffect, { type: 'answer' | 'event' }>;

export class BrowserChannelClient {
  readonly card: Card;
  readonly clientSession = randomId(random);
  private readonly machine: ChannelClient;
  private readonly inputs: ChannelClientInput[] = [];
  private readonly sockets = new Map<number, PageSocket>();
  private isHandling = false;
  private alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: BrowserChannelClientOptions) {
    const { identity, name, address, mayHear } = options;
    this.card = { key: identity.key, exchange: identity.exchange, name };
    const { card } = this;
    this.machine = new ChannelClient({
      card,
      clientSession: this.clientSession,
      random,
      address,
      mayHear,
      serverKey: () => null,
    });
  }

  /** The channels the client is in, or wants to be in. */
  channels(): string[] {
    return this.machine.channels().map(({ channel }) => channel);
  }

  put(input: ChannelClientInput): void {
    this.inputs.push(input);
    if (this.isHandling) return; // an input from within an effect waits for the effects before it
    this.isHandling = true;
    try {
      for (let next = this.inputs.shift(); next; next = this.inputs.shift()) this.handle(next);
    } finally {
      this.isHandling = false; // otherwise a callback that throws would stop the client for good
    }
    this.setAlarm();
  }

  private handle(input: ChannelClientInput): void {
    for (const effect of this.machine.handle(input, clock.now())) {
      if (effect.type === 'answer') this.options.onAnswer(effect.ref, effect.answer);
      else if (effect.type === 'event') this.options.onEvent(effect.event);
      else this.perform(effect);
    }
  }

  private perform(effect: Performed): void {
    switch (effect.type) {
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

  private async compute(effect: Exclude<Performed, { type: `connection_${string}` }>): Promise<void> {
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
        opened: () => isOpen() && this.put({ type: 'connection_opened', connection }),
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

  private setAlarm(): void {
    clearTimeout(this.alarm);
    const at = this.machine.wakeAt();
    if (at === null) return;
    const waitMs = Math.min(Math.max(at - clock.now(), 0), LIMITS.driverTimerMs);
    this.alarm = setTimeout(() => this.put({ type: 'wake' }), waitMs);
  }
}
