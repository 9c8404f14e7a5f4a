// Drives the shelf of events by the clock: each `wait` becomes one promise of an event, or of a TIMEOUT.

import type { ClientEvent } from '../../protocols/control/answer.js';
import { EventBuffer, type EventBufferEffect, type EventBufferInput } from '../../protocols/control/event-buffer.js';
import type { UiCommand, EventFilter } from '../../protocols/control/ui-command.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { AlarmClock } from './host.js';

interface Open {
  readonly wanted: EventFilter;
  readonly waitMs: number;
  readonly settle: (outcome: Outcome<ClientEvent>) => void;
}

export class EventWaits {
  private readonly shelf = new EventBuffer();
  private readonly open = new Map<number, Open>();
  private lastRef = 0;
  private silence: () => void = () => undefined;

  constructor(private readonly clock: AlarmClock) {}

  get hasAny(): boolean {
    return this.open.size > 0;
  }

  handleEvent(event: ClientEvent): void {
    this.put({ type: 'event', event });
  }

  wait({ filter: wanted, waitMs }: Extract<UiCommand, { type: 'wait' }>): Promise<Outcome<ClientEvent>> {
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((settle) => {
      this.open.set(ref, { wanted, waitMs, settle });
      this.put({ type: 'wait', ref, filter: wanted, until: this.clock.now() + waitMs });
    });
  }

  /** Ends every wait now. */
  stopAll(): void {
    this.put({ type: 'give_up' });
  }

  private put(input: EventBufferInput): void {
    for (const effect of this.shelf.handle(input, this.clock.now())) this.perform(effect);
    this.silence();
    const wakeAt = this.shelf.wakeAt();
    this.silence = wakeAt === null ? () => undefined : this.clock.wake(wakeAt, () => this.put({ type: 'wake' }));
  }

  private perform(effect: EventBufferEffect): void {
    const wait = this.open.get(effect.ref);
    if (!wait) return;
    this.open.delete(effect.ref);
    switch (effect.type) {
      case 'found':
        return wait.settle(effect.event);
      case 'timed_out':
        return wait.settle(new Refusal('TIMEOUT', described(wait)));
      case 'given_up':
        return wait.settle(new Refusal('WAIT_STOPPED', described(wait)));
      case 'full':
        return wait.settle(new Refusal('LIST_FULL', `waits than ${LIMITS.waitsMax}`));
    }
  }
}

function described({ wanted, waitMs }: Open): string {
  const fields = wanted.fields.map(([key, value]) => ` ${key}=${value}`).join('');
  return `${wanted.event}${fields}, ${waitMs / 1_000} s`;
}
