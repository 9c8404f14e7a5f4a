// Wake-ups by name: what must happen later unless something happens first. The earliest is the engine's `wakeAt`.

import { assert, type Instant } from '../../../protocols/kit/machine.js';

interface Alarm {
  readonly at: Instant;
  readonly ring: () => void;
}

/** The alarms of one part, by a key that means something to this part only. */
export interface PartAlarms {
  /** Sets the alarm of this key, replacing the one it had. Null: the key has no alarm any more. */
  set(key: string | number, at: Instant | null, ring: () => void): void;
  /** When the alarm of this key rings, null if it is not set. */
  at(key: string | number): Instant | null;
  drop(key: string | number): void;
}

export class Alarms {
  private readonly alarms = new Map<string, Alarm>();
  private readonly owners = new Set<string>();
  /** The earliest time, or undefined while it must be searched for again. */
  private earliest: Instant | null | undefined = null;

  /** Alarms that belong to one part. No two parts have the same owner name. */
  for(owner: string): PartAlarms {
    assert(!this.owners.has(owner), `two parts have alarms called ${owner}`);
    this.owners.add(owner);
    const name = (key: string | number): string => `${owner} ${key}`;
    return {
      set: (key, at, ring) => (at === null ? this.drop(name(key)) : this.set(name(key), at, ring)),
      at: (key) => this.alarms.get(name(key))?.at ?? null,
      drop: (key) => this.drop(name(key)),
    };
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

  private set(name: string, at: Instant, ring: () => void): void {
    const had = this.alarms.get(name);
    this.alarms.set(name, { at, ring });
    if (had && had.at === this.earliest) this.earliest = undefined;
    else if (this.earliest === null || (this.earliest !== undefined && at < this.earliest)) this.earliest = at;
  }

  private drop(name: string): void {
    const had = this.alarms.get(name);
    if (had === undefined) return;
    this.alarms.delete(name);
    if (had.at === this.earliest) this.earliest = undefined;
  }
}
