// The shared context of a relay: collects the effects of one input in the order in which the parts ask for them, and
// counts what happened.

import type { Refusal } from '../../kit/refusals.js';
import type { ChannelServerFrame } from '../client-protocol.js';
import { RELAY_COUNTS, type RelayCount, type RelayEffect } from './io.js';

const ABOUT_LETTERS = 256;

export class RelayContext {
  readonly counts = Object.fromEntries(RELAY_COUNTS.map((name) => [name, 0])) as Record<RelayCount, number>;
  private effects: RelayEffect[] = [];

  /** The effects since the last call. */
  takeEffects(): RelayEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  emit(effect: RelayEffect): void {
    this.effects.push(effect);
  }

  sendTo(client: number, frame: ChannelServerFrame): void {
    this.effects.push({ type: 'client_send', clients: [client], frame });
  }

  /** One effect for all clients; none if the list is empty. */
  sendToAll(clients: readonly number[], frame: ChannelServerFrame): void {
    if (clients.length > 0) this.effects.push({ type: 'client_send', clients, frame });
  }

  refuse(client: number, { code, about }: Refusal, counter?: number): void {
    const error = { type: 'error', code, about: about.slice(0, ABOUT_LETTERS) } as const;
    this.sendTo(client, counter === undefined ? error : { ...error, counter });
  }

  count(what: RelayCount, howMany = 1): void {
    this.counts[what] += howMany;
  }
}
