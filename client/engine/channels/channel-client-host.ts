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
  news(news: ChannelClientEvent): void;
  mayHear(key: string): boolean;
}

type DoorInput = Extract<Input, { type: `door_${string}` }>;

/** Of the last one the answer comes elsewhere. */
type Performed = Exclude<ChannelClientEffect, { kind: 'answer' | 'news' }>;

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
      life: this.life,
      random,
      address: options.server,
      serverKey: () => store.setting(serverKeySetting(options.server)),
      mayHear: (key) => listener.mayHear(key),
    });
  }

  /** What comes from the connection to the channels of the name server. */
  connection(input: DoorInput): void {
    switch (input.type) {
      case 'door_opened':
        return this.put({ kind: 'door_opened', door: input.door });
      case 'door_frame':
        return this.put({ kind: 'door_frame', door: input.door, frame: input.frame });
      case 'door_closed':
        return this.put({ kind: 'door_closed', door: input.door, reason: input.reason });
      case 'door_refused':
        return this.put({ kind: 'door_refused', door: input.door, refusal: input.refusal });
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
      if (effect.kind === 'answer') this.listener.answered(effect.ref, effect.answer);
      else if (effect.kind === 'news') this.listener.news(effect.news);
      else this.perform(effect);
    }
  }

  private perform(effect: Performed): void {
    const { context } = this;
    const { primitives, me } = context;
    switch (effect.kind) {
      case 'sign': {
        const signature = primitives.sign(signedBytes(effect.type, effect.payload), me.device);
        return this.put({ kind: 'signed', ref: effect.ref, signature });
      }
      case 'verify': {
        const { payload, signature } = effect.signed;
        const holds = primitives.verify(signedBytes(effect.type, payload), signature, effect.key);
        return this.put({ kind: 'verified', ref: effect.ref, holds });
      }
      case 'seal':
        return context.seal({ ...effect, info: DIRECT_MESSAGE_INFO }, (body) =>
          this.put({ kind: 'sealed', ref: effect.ref, body }),
        );
      case 'unseal':
        return context.unseal({ ...effect, info: DIRECT_MESSAGE_INFO }, (plain) =>
          this.put({ kind: 'unsealed', ref: effect.ref, plain }),
        );
      case 'door_open':
        return context.do({ type: 'door_open', door: effect.door });
      case 'door_send':
        return context.do({ type: 'door_send', door: effect.door, frame: effect.frame });
      case 'door_close':
        return context.do({ type: 'door_close', door: effect.door });
      default:
        return assertNever(effect);
    }
  }

  private setAlarm(): void {
    const at = this.machine.wakeAt();
    if (at === null) this.context.alarms.drop('channels');
    else this.context.alarms.set('channels', at, () => this.put({ kind: 'wake' }));
  }
}
