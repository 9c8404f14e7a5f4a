// Runs the visitor of channels (protocols/channels) inside the engine: signs and checks at once, with the device's
// key, and passes on what needs the world.

import { DIRECT_MESSAGE_INFO } from '../../../protocols/channels/signed-objects.js';
import { ChannelClient } from '../../../protocols/channels/client/channel-client.js';
import type {
  ChannelClientAnswer,
  ChannelClientEffect,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../../protocols/channels/client/io.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import { signedBytes } from '../../../protocols/kit/signed.js';
import { serverKeySetting } from '../server/session.js';
import type { Context } from '../core/context.js';
import type { Input } from '../core/io.js';

/** Who hears of it. */
export interface ChannelClientListener {
  answered(ref: number, answer: ChannelClientAnswer): void;
  event(event: ChannelClientEvent): void;
  mayHear(key: string): boolean;
}

type ChannelInput = Extract<Input, { type: `channel_${string}` }>;

/** Of the last one the answer comes elsewhere. */
type Performed = Exclude<ChannelClientEffect, { type: 'answer' | 'event' }>;

export class ChannelClientHost {
  readonly machine: ChannelClient;
  readonly life: string;
  private readonly inputs: ChannelClientInput[] = [];
  private isAtWork = false;

  constructor(
    private readonly context: Context,
    private readonly listener: ChannelClientListener,
  ) {
    const { me, random, options, store } = context;
    this.life = context.freshId();
    this.machine = new ChannelClient({
      card: { key: me.device.publicKey, exchange: me.exchange, name: me.name },
      clientSession: this.life,
      random,
      address: options.server,
      serverKey: () => store.setting(serverKeySetting(options.server)),
      mayHear: (key) => listener.mayHear(key),
    });
  }

  /** What comes from the connection to the channels of the name server. */
  connection(input: ChannelInput): void {
    switch (input.type) {
      case 'channel_opened':
        return this.put({ type: 'connection_opened', connection: input.connection });
      case 'channel_frame':
        return this.put({ type: 'connection_frame', connection: input.connection, frame: input.frame });
      case 'channel_closed':
        return this.put({ type: 'connection_closed', connection: input.connection, reason: input.reason });
      case 'channel_refused':
        return this.put({ type: 'connection_refused', connection: input.connection, refusal: input.refusal });
      default:
        return assertNever(input);
    }
  }

  put(input: ChannelClientInput): void {
    this.inputs.push(input);
    if (this.isAtWork) return; // what an effect causes at once comes after all effects before it
    this.isAtWork = true;
    for (let next = this.inputs.shift(); next; next = this.inputs.shift()) this.handle(next);
    this.isAtWork = false;
    this.setAlarm();
  }

  private handle(input: ChannelClientInput): void {
    for (const effect of this.machine.handle(input, this.context.now)) {
      if (effect.type === 'answer') this.listener.answered(effect.ref, effect.answer);
      else if (effect.type === 'event') this.listener.event(effect.event);
      else this.perform(effect);
    }
  }

  private perform(effect: Performed): void {
    const { context } = this;
    const { primitives, me } = context;
    switch (effect.type) {
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
        return context.unseal({ ...effect, info: DIRECT_MESSAGE_INFO }, (plain) =>
          this.put({ type: 'unsealed', ref: effect.ref, plain }),
        );
      case 'connection_open':
        return context.do({ type: 'channel_open', connection: effect.connection });
      case 'connection_send':
        return context.do({ type: 'channel_send', connection: effect.connection, frame: effect.frame });
      case 'connection_close':
        return context.do({ type: 'channel_close', connection: effect.connection });
      default:
        return assertNever(effect);
    }
  }

  private setAlarm(): void {
    const at = this.machine.wakeAt();
    if (at === null) this.context.alarms.drop('channels');
    else this.context.alarms.set('channels', at, () => this.put({ type: 'wake' }));
  }
}
