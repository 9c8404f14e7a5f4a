// What a relay wants done and has counted: its parts speak into one voice, which keeps the order in which they spoke.

import type { Refusal } from '../../kit/refusals.js';
import type { ChannelServerFrame } from '../client-protocol.js';
import { RELAY_COUNTS, type RelayCount, type RelayEffect } from './io.js';

const ABOUT_LETTERS = 256;

export class RelayContext {
  readonly counts = Object.fromEntries(RELAY_COUNTS.map((name) => [name, 0])) as Record<RelayCount, number>;
  private effects: RelayEffect[] = [];

  /** What was spoken since the last time. */
  take(): RelayEffect[] {
    const spoken = this.effects;
    this.effects = [];
    return spoken;
  }

  want(effect: RelayEffect): void {
    this.effects.push(effect);
  }

  tell(visitor: number, frame: ChannelServerFrame): void {
    this.effects.push({ kind: 'tell', visitors: [visitor], frame });
  }

  /** One frame for many; nothing where there is nobody. */
  tellAll(visitors: readonly number[], frame: ChannelServerFrame): void {
    if (visitors.length > 0) this.effects.push({ kind: 'tell', visitors, frame });
  }

  refuse(visitor: number, { code, about }: Refusal, counter?: number): void {
    const error = { type: 'error', code, about: about.slice(0, ABOUT_LETTERS) } as const;
    this.tell(visitor, counter === undefined ? error : { ...error, counter });
  }

  count(what: RelayCount, howMany = 1): void {
    this.counts[what] += howMany;
  }
}
