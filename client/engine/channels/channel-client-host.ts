// Runs the channel client (protocols/channels) inside the engine: signs and verifies at once with the device's key, and
// passes other effects on.

import { DIRECT_MESSAGE_INFO } from '../../../protocols/channels/signed-objects.js';
import { ChannelClient } from '../../../protocols/channels/client/channel-client.js';
import type {
  ChannelClientAnswer,
  ChannelClientEffect,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../../protocols/channels/client/io.js';
import { assertNever, InlineDriver } from '../../../protocols/kit/machine.js';
import { signedBytes } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { InputOf } from '../core/part.js';
import { SETTINGS } from '../core/settings.js';

export interface ChannelClientListener {
  answered(ref: number, answer: ChannelClientAnswer): void;
  event(event: ChannelClientEvent): void;
  mayHear(key: string): boolean;
}

export class ChannelClientHost {
  readonly inputs = {
    channel_opened: ({ connection, exporter }: InputOf<'channel_opened'>) =>
      this.put({ type: 'connection_opened', connection, exporter }),
    channel_frame: ({ connection, frame }: InputOf<'channel_frame'>) =>
      this.put({ type: 'connection_frame', connection, frame }),
    channel_closed: ({ connection, reason }: InputOf<'channel_closed'>) =>
      this.put({ type: 'connection_closed', connection, reason }),
    channel_refused: ({ connection, refusal }: InputOf<'channel_refused'>) =>
      this.put({ type: 'connection_refused', connection, refusal }),
  };
  readonly machine: ChannelClient;
  readonly clientSession: string;
  private readonly driver: InlineDriver<ChannelClientInput, ChannelClientEffect>;

  constructor(
    private readonly context: Context,
    private readonly listener: ChannelClientListener,
  ) {
    const { me, random, options, store } = context;
    const alarms = context.alarms.for('channels');
    this.clientSession = context.freshId();
    this.machine = new ChannelClient({
      card: { key: me.device.publicKey, exchange: me.exchange, name: me.name },
      clientSession: this.clientSession,
      random,
      origin: options.server,
      address: options.server,
      serverKey: () => store.setting(SETTINGS.serverKey(options.server)),
      mayHear: (key) => listener.mayHear(key),
    });
    this.driver = new InlineDriver<ChannelClientInput, ChannelClientEffect>({
      machine: this.machine,
      now: () => context.now,
      wakeInput: { type: 'wake' },
      perform: (effect) => this.perform(effect),
      setAlarm: (at, ring) => alarms.set('wake', at, ring),
    });
  }

  put(input: ChannelClientInput): void {
    this.driver.put(input);
  }

  private perform(effect: ChannelClientEffect): void {
    const { context } = this;
    const { primitives, me } = context;
    switch (effect.type) {
      case 'answer':
        return this.listener.answered(effect.ref, effect.answer);
      case 'event':
        return this.listener.event(effect.event);
      case 'sign': {
        const signature = primitives.sign(signedBytes(effect.signedType, effect.payload), me.device);
        return this.put({ type: 'signed', ref: effect.ref, signature });
      }
      case 'verify': {
        const { payload, signature } = effect.signed;
        const isValid = primitives.verify(signedBytes(effect.signedType, payload), signature, effect.key);
        return this.put({ type: 'verified', ref: effect.ref, isValid });
      }
      case 'seal':
        return context.seal({ ...effect, info: DIRECT_MESSAGE_INFO }, (body) =>
          this.put({ type: 'sealed', ref: effect.ref, body }),
        );
      case 'unseal':
        return context.unseal({ ...effect, secret: null, info: DIRECT_MESSAGE_INFO }, (plain) =>
          this.put({ type: 'unsealed', ref: effect.ref, plain }),
        );
      case 'connection_open':
        return context.emit({ type: 'channel_open', connection: effect.connection });
      case 'connection_send':
        return context.emit({ type: 'channel_send', connection: effect.connection, frame: effect.frame });
      case 'connection_close':
        return context.emit({ type: 'channel_close', connection: effect.connection });
      default:
        return assertNever(effect);
    }
  }
}
