// A simulated host of a room server: its durable state survives crashes, which may happen between any two effects.

import { RoomServer, type RoomEffect, type RoomInput } from '../../../protocols/rooms/room-server.js';
import { NO_DURABLE_STATE, nextBoot, type DurableState } from '../../../protocols/rooms/view/durable-state.js';
import type { Order } from '../../../protocols/rooms/order/client-release.js';
import type { Random } from '../kernel/random.js';
import type { Timeline } from '../kernel/timeline.js';

export interface RoomHostOptions {
  readonly index: number;
  readonly size: number;
  readonly order: Order;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly perform: (effect: RoomEffect, host: RoomHost) => void;
  /** A machine threw. */
  readonly failed: (what: string) => void;
  /** Called between any two effects. */
  readonly crashesNow: () => boolean;
  /** Called after every step. */
  readonly stepped: (host: RoomHost) => void;
}

const WAITING_MAX = 2_000;

export class RoomHost {
  machine: RoomServer | null = null;
  readonly index: number;
  private state: DurableState = NO_DURABLE_STATE;
  private pausedUntil = 0;
  private readonly waiting: RoomInput[] = [];
  private wakes = 0;
  private wakeAt = Infinity;

  constructor(private readonly options: RoomHostOptions) {
    this.index = options.index;
  }

  get boot(): number {
    return this.state.boot;
  }

  get isRunning(): boolean {
    return this.machine !== null && this.pausedUntil <= this.options.timeline.now;
  }

  start(): void {
    if (this.machine) return;
    const { index: self, size, order, random } = this.options;
    this.state = this.nextState();
    const cluster = 1;
    const settings = { self, size, order, rooms: 10, cluster, suspectMs: 600, isTraced: true };
    this.machine = new RoomServer({
      ...settings,
      codeOf: (address) => `${this.boot}-${address}`,
      state: this.state,
      random,
    });
    this.put({ type: 'wake' });
  }

  crash(): void {
    this.machine = null;
    this.waiting.length = 0;
    this.pausedUntil = 0;
    this.wakeAt = Infinity;
  }

  /** Pauses the process; inputs queue meanwhile. */
  pause(ms: number): void {
    const { timeline } = this.options;
    this.pausedUntil = timeline.now + ms;
    timeline.after(ms, () => this.resume());
  }

  put(input: RoomInput): void {
    if (!this.machine) return;
    if (!this.isRunning) {
      if (this.waiting.length < WAITING_MAX) this.waiting.push(input);
      return;
    }
    this.step(input);
    this.step({ type: 'flush' });
  }

  resume(): void {
    if (!this.machine || !this.isRunning) return;
    for (const input of this.waiting.splice(0)) this.step(input);
    this.step({ type: 'wake' });
  }

  endPause(): void {
    this.pausedUntil = 0;
    this.resume();
  }

  private step(input: RoomInput): void {
    const { machine, options } = this;
    if (!machine) return;
    try {
      for (const effect of machine.handle(input, Math.floor(options.timeline.now))) this.perform(effect, machine);
    } catch (trouble) {
      options.failed(`[fault] server ${this.index + 1}: ${trouble instanceof Error ? (trouble.stack ?? '') : 'threw'}`);
      this.crash();
    }
    if (this.machine !== machine) return;
    options.stepped(this);
    this.setAlarm(machine);
  }

  private perform(effect: RoomEffect, machine: RoomServer): void {
    if (this.machine !== machine) return;
    if (this.options.crashesNow()) {
      this.crash();
      return;
    }
    if (effect.type === 'persist') this.persist(effect.state);
    this.options.perform(effect, this);
  }

  private nextState(): DurableState {
    return nextBoot(this.state, 1);
  }

  private persist(memory: DurableState): void {
    this.state = memory;
  }

  private setAlarm(machine: RoomServer): void {
    const at = machine.wakeAt();
    const { timeline } = this.options;
    if (at >= this.wakeAt && this.wakeAt > timeline.now) return;
    this.wakeAt = at;
    this.wakes += 1;
    const nth = this.wakes;
    timeline.after(Math.max(1, at - timeline.now), () => {
      if (nth !== this.wakes || this.machine !== machine) return;
      this.wakeAt = Infinity;
      if (this.isRunning) this.step({ type: 'wake' });
      else this.put({ type: 'wake' });
    });
  }
}
