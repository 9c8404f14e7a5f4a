// Turns each `wait` into a promise of an event, or of a refusal when it times out or is stopped.

import { EventBuffer, type EventBufferEffect, type EventBufferInput } from '../../protocols/control/event-buffer.js';
import type { EventFilter, UiCommand } from '../../protocols/control/commands/ui.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { InlineDriver } from '../../protocols/kit/machine.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { AlarmClock } from './host.js';

interface OpenWait {
  readonly filter: EventFilter;
  readonly waitMs: number;
  readonly settle: (outcome: Outcome<ClientEvent>) => void;
}

export class EventWaits {
  private readonly driver: InlineDriver<EventBufferInput, EventBufferEffect>;
  private readonly open = new Map<number, OpenWait>();
  private lastRef = 0;
  private cancelAlarm: () => void = () => undefined;

  constructor(private readonly clock: AlarmClock) {
    this.driver = new InlineDriver<EventBufferInput, EventBufferEffect>({
      machine: new EventBuffer(),
      now: () => clock.now(),
      wakeInput: { type: 'wake' },
      perform: (effect) => this.perform(effect),
      setAlarm: (at, ring) => {
        this.cancelAlarm();
        this.cancelAlarm = at === null ? () => undefined : clock.wake(at, ring);
      },
    });
  }

  get hasAny(): boolean {
    return this.open.size > 0;
  }

  handleEvent(event: ClientEvent): void {
    this.driver.put({ type: 'event', event });
  }

  wait({ filter, waitMs }: Extract<UiCommand, { type: 'wait' }>): Promise<Outcome<ClientEvent>> {
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((settle) => {
      this.open.set(ref, { filter, waitMs, settle });
      this.driver.put({ type: 'wait', ref, filter, until: this.clock.now() + waitMs });
    });
  }

  /** Ends every wait now. */
  stopAll(): void {
    this.driver.put({ type: 'stop' });
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
      case 'stopped':
        return wait.settle(new Refusal('WAIT_STOPPED', described(wait)));
      case 'full':
        return wait.settle(new Refusal('LIST_FULL', `waits than ${LIMITS.waitsMax}`));
    }
  }
}

function described({ filter, waitMs }: OpenWait): string {
  const fields = filter.fields.map(([key, value]) => ` ${key}=${value}`).join('');
  return `${filter.event}${fields}, ${waitMs / 1_000} s`;
}
