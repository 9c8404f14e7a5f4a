// The shelf of events for `wait`: the last thousand stay on it, each is taken by one wait at most, the earliest first.

import { LIMITS } from '../kit/limits.js';
import { earlier, type Instant, type Machine } from '../kit/machine.js';
import type { ClientEvent } from './answer.js';
import type { EventFilter } from './ui-command.js';

/** `ref`: a number of the caller's, carried back. `until`: when the wait gives up. */
export type EventBufferInput =
  | { type: 'wake' }
  /** Nobody wants to wait any longer. */
  | { type: 'give_up' }
  | { type: 'event'; event: ClientEvent }
  | { type: 'wait'; ref: number; filter: EventFilter; until: Instant };

export type EventBufferEffect =
  | { type: 'found'; ref: number; event: ClientEvent }
  | { type: 'timed_out'; ref: number }
  | { type: 'given_up'; ref: number }
  | { type: 'full'; ref: number };

type Waiting = Extract<EventBufferInput, { type: 'wait' }>;

export class EventBuffer implements Machine<EventBufferInput, EventBufferEffect> {
  private readonly kept: { event: ClientEvent; isTaken: boolean }[] = [];
  private waiting: Waiting[] = [];

  handle(input: EventBufferInput, now: Instant): EventBufferEffect[] {
    const late = this.giveUp(now);
    switch (input.type) {
      case 'wake':
        return late;
      case 'give_up':
        return [...late, ...this.waiting.splice(0).map(({ ref }) => ({ type: 'given_up', ref }) as const)];
      case 'event':
        return [...late, ...this.put(input.event)];
      case 'wait':
        return [...late, ...this.look(input)];
    }
  }

  wakeAt(): Instant | null {
    return this.waiting.reduce<Instant | null>((soonest, wait) => earlier(soonest, wait.until), null);
  }

  private put(event: ClientEvent): EventBufferEffect[] {
    const taker = this.waiting.find((wait) => isWanted(event, wait.filter));
    this.kept.push({ event, isTaken: taker !== undefined });
    if (this.kept.length > LIMITS.eventsBufferedMax) this.kept.shift();
    if (!taker) return [];
    this.waiting = this.waiting.filter((wait) => wait !== taker);
    return [{ type: 'found', ref: taker.ref, event }];
  }

  private look(wait: Waiting): EventBufferEffect[] {
    const found = this.kept.find((one) => !one.isTaken && isWanted(one.event, wait.filter));
    if (found) {
      found.isTaken = true;
      return [{ type: 'found', ref: wait.ref, event: found.event }];
    }
    if (this.waiting.length >= LIMITS.waitsMax) return [{ type: 'full', ref: wait.ref }];
    this.waiting.push(wait);
    return [];
  }

  private giveUp(now: Instant): EventBufferEffect[] {
    const late = this.waiting.filter((wait) => wait.until <= now);
    if (late.length > 0) this.waiting = this.waiting.filter((wait) => wait.until > now);
    return late.map(({ ref }) => ({ type: 'timed_out', ref }));
  }
}

function isWanted(event: ClientEvent, { event: name, fields }: EventFilter): boolean {
  if (event.event !== name) return false;
  const given = new Map<string, unknown>(Object.entries(event));
  return fields.every(([key, value]) => given.has(key) && String(given.get(key)) === value);
}
