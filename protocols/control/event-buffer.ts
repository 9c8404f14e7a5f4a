// The events that `wait` can take: keeps the last 1 000. Each event is taken by at most one wait, the earliest first.

import { LIMITS } from '../kit/limits.js';
import { earlier, type Instant, type Machine } from '../kit/machine.js';
import type { EventFilter } from './commands/ui.js';
import type { ClientEvent } from './event.js';

/** `ref`: a number of the caller, returned with the effect. `until`: when the wait times out. */
export type EventBufferInput =
  | { type: 'wake' }
  /** Ends all open waits. */
  | { type: 'stop' }
  | { type: 'event'; event: ClientEvent }
  | { type: 'wait'; ref: number; filter: EventFilter; until: Instant };

export type EventBufferEffect =
  | { type: 'found'; ref: number; event: ClientEvent }
  | { type: 'timed_out'; ref: number }
  | { type: 'stopped'; ref: number }
  | { type: 'full'; ref: number };

type Wait = Extract<EventBufferInput, { type: 'wait' }>;

export class EventBuffer implements Machine<EventBufferInput, EventBufferEffect> {
  private readonly events: { event: ClientEvent; isTaken: boolean }[] = [];
  private waits: Wait[] = [];

  handle(input: EventBufferInput, now: Instant): EventBufferEffect[] {
    const late = this.timeOut(now);
    switch (input.type) {
      case 'wake':
        return late;
      case 'stop':
        return [...late, ...this.waits.splice(0).map(({ ref }) => ({ type: 'stopped', ref }) as const)];
      case 'event':
        return [...late, ...this.add(input.event)];
      case 'wait':
        return [...late, ...this.wait(input)];
    }
  }

  wakeAt(): Instant | null {
    return this.waits.reduce<Instant | null>((soonest, wait) => earlier(soonest, wait.until), null);
  }

  private add(event: ClientEvent): EventBufferEffect[] {
    const taker = this.waits.find((wait) => accepts(wait.filter, event));
    this.events.push({ event, isTaken: taker !== undefined });
    if (this.events.length > LIMITS.eventsBufferedMax) this.events.shift();
    if (!taker) return [];
    this.waits = this.waits.filter((wait) => wait !== taker);
    return [{ type: 'found', ref: taker.ref, event }];
  }

  private wait(wait: Wait): EventBufferEffect[] {
    const found = this.events.find((one) => !one.isTaken && accepts(wait.filter, one.event));
    if (found) {
      found.isTaken = true;
      return [{ type: 'found', ref: wait.ref, event: found.event }];
    }
    if (this.waits.length >= LIMITS.waitsMax) return [{ type: 'full', ref: wait.ref }];
    this.waits.push(wait);
    return [];
  }

  private timeOut(now: Instant): EventBufferEffect[] {
    const late = this.waits.filter((wait) => wait.until <= now);
    if (late.length > 0) this.waits = this.waits.filter((wait) => wait.until > now);
    return late.map(({ ref }) => ({ type: 'timed_out', ref }));
  }
}

function accepts({ event: name, fields }: EventFilter, event: ClientEvent): boolean {
  if (event.event !== name) return false;
  const actual = new Map<string, unknown>(Object.entries(event));
  return fields.every(([key, value]) => actual.has(key) && String(actual.get(key)) === value);
}
