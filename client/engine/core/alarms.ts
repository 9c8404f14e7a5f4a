// Wake-ups by name: what must happen later unless something happens first. The earliest is the engine's `wakeAt`.

import type { Instant } from '../../../protocols/kit/machine.js';

interface Alarm {
  readonly at: Instant;
  readonly ring: () => void;
}

export class Alarms {
  private readonly alarms = new Map<string, Alarm>();
  /** The earliest time, or undefined while it must be searched for again. */
  private earliest: Instant | null | undefined = null;

  /** Sets the alarm of this name, replacing the one it had. */
  set(name: string, at: Instant, ring: () => void): void {
    const had = this.alarms.get(name);
    this.alarms.set(name, { at, ring });
    if (had && had.at === this.earliest) this.earliest = undefined;
    else if (this.earliest === null || (this.earliest !== undefined && at < this.earliest)) this.earliest = at;
  }

  /** When the alarm of this name rings, null if it is not set. */
  at(name: string): Instant | null {
    return this.alarms.get(name)?.at ?? null;
  }

  drop(name: string): void {
    const had = this.alarms.get(name);
    if (had === undefined) return;
    this.alarms.delete(name);
    if (had.at === this.earliest) this.earliest = undefined;
  }

  wakeAt(): Instant | null {
    if (this.earliest === undefined) {
      this.earliest = null;
      for (const { at } of this.alarms.values()) this.earliest = Math.min(at, this.earliest ?? at);
    }
    return this.earliest;
  }

  /** Rings, in order of time, what is due. An alarm that rings is gone; it may set itself again. */
  ring(now: Instant): void {
    const due = [...this.alarms].filter(([, alarm]) => alarm.at <= now).sort(([, a], [, b]) => a.at - b.at);
    for (const [name, alarm] of due) {
      if (this.alarms.get(name) !== alarm) continue; // replaced or dropped by one that rang before it
      this.drop(name);
      alarm.ring();
    }
  }
}
