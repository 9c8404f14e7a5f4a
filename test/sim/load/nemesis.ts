// Brings about the troubles of a seed until it is told to rest: crashes, partitions, cuts, clogs, pauses.

import type { Random } from '../kernel/random.js';
import type { Town } from '../network/town.js';
import { SERVER_PLACE } from '../hosts/server-program.js';
import type { Troubles } from './troubles.js';

/** Somebody the nemesis can strike. */
export interface Victim {
  readonly place: string;
  readonly host: { crash(): void; pause(ms: number): void };
}

export class Nemesis {
  private isResting = false;
  private readonly random: Random;

  constructor(
    private readonly town: Town,
    private readonly troubles: Troubles,
    private readonly victims: { clients: readonly Victim[]; server: Victim },
  ) {
    this.random = town.run.random.fork('nemesis');
  }

  begin(): void {
    const { troubles, victims } = this;
    this.often(troubles.clientCrashMs, () => this.random.pick(victims.clients).host.crash());
    this.often(troubles.serverCrashMs, () => victims.server.host.crash());
    this.often(troubles.partitionMs, () => this.partition(this.place(), this.place()));
    this.often(troubles.serverAwayMs, () => this.partition(this.place(), SERVER_PLACE));
    this.often(troubles.cutMs, () => this.cut());
    this.often(troubles.clogMs, () => this.clog());
    this.often(troubles.pauseMs, () =>
      this.random.pick([...victims.clients, victims.server]).host.pause(this.lasting()),
    );
  }

  rest(): void {
    this.isResting = true;
    this.town.ground.joinAll();
  }

  private often(meanMs: number | null, strike: () => void): void {
    if (meanMs === null) return;
    const wait = () => (this.isResting ? null : this.random.between(0, 2 * meanMs));
    this.town.run.timeline.every(wait, () => {
      if (!this.isResting) strike();
    });
  }

  private partition(a: string, b: string): void {
    if (a === b) return;
    const { ground, run } = this.town;
    run.tally.add('partitions');
    run.trace.note('ground', 'parts', `${a} ${b}`);
    ground.part(a, b);
    run.timeline.after(this.lasting(), () => ground.join(a, b));
  }

  private cut(): void {
    const whole = this.town.cables.whole();
    if (whole.length === 0) return;
    const cable = this.random.pick(whole);
    this.town.run.tally.add(cable.touches(SERVER_PLACE) ? 'cut sessions' : 'cut links');
    this.town.run.trace.note('ground', 'cuts', `${cable.first.place} ${cable.second.place}`);
    cable.cut('the connection broke');
  }

  private clog(): void {
    const whole = this.town.cables.whole();
    if (whole.length === 0) return;
    this.town.run.tally.add('clogs');
    this.random.pick(whole).clog(this.town.run.timeline.now + this.lasting());
  }

  private place(): string {
    return this.random.pick(this.victims.clients).place;
  }

  private lasting(): number {
    return this.random.skewed(50, this.troubles.lastsMs);
  }
}
