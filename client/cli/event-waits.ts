// Turns each `wait` into a promise of an event, or of a refusal when it times out or is stopped.

import { EventBuffer, type EventBufferEffect, type EventBufferInput } from '../../protocols/control/event-buffer.js';
import type { EventFilter, UiCommand } from '../../protocols/control/commands/ui.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { AlarmClock } from './host.js';

interface OpenWait {
  readonly filter: EventFilter;
  readonly waitMs: number;
  readonly settle: (outcome: Outcome<ClientEvent>) => void;
}

export class EventWaits {
  private readonly buffer = new EventBuffer();
  private readonly open = new Map<number, OpenWait>();
  private lastRef = 0;
  private cancelAlarm: () => void = () => undefined;

  constructor(private readonly clock: AlarmClock) {}

  get hasAny(): boolean {
    return this.open.size > 0;
  }

  handleEvent(event: ClientEvent): void {
    this.put({ type: 'event', event });
  }

  wait({ filter, waitMs }: Extract<UiCommand, { type: 'wait' }>): Promise<Outcome<ClientEvent>> {
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((settle) => {
      this.open.set(ref, { filter, waitMs, settle });
      this.put({ type: 'wait', ref, filter, until: this.clock.now() + waitMs });
    });
  }

  /** Ends every wait now. */
  stopAll(): void {
    this.put({ type: 'stop' });
  }

  private put(input: EventBufferInput): void {
    for (const effect of this.buffer.handle(input, this.clock.now())) this.perform(effect);
    this.cancelAlarm();
    const wakeAt = this.buffer.wakeAt();
    this.cancelAlarm = wakeAt === null ? () => undefined : this.clock.wake(wakeAt, () => this.put({ type: 'wake' }));
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
