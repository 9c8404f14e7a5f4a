// The network of a simulated group: links that break and keep the order, partitions, and letters that are never lost.

import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { Random } from '../kernel/random.js';
import type { Timeline } from '../kernel/timeline.js';
import type { MemberProcess } from './member-process.js';
import type { EventCounters } from '../kernel/event-counters.js';
import type { GroupFaults } from './group-faults.js';

interface NetworkOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly faults: GroupFaults;
  readonly counters: EventCounters;
  /** The users that a process wants a link to. */
  readonly wanted: (process: MemberProcess) => readonly string[];
}

/** The greeting of a link shows the newest record. */
export function introduce(process: MemberProcess, to: MemberProcess): void {
  if (process.replaced.length > 0) to.put({ type: 'record', signed: process.record });
  to.put({ type: 'linked', user: process.user });
}

export class GroupNetwork {
  processes: readonly MemberProcess[] = [];
  private isHealed = false;
  /** The letters at the name server, by recipient. */
  private readonly letters = new Map<string, { from: string; bodies: GroupFrameBody[] }[]>();
  /** When the last frame on each link direction arrives: links keep the order. */
  private readonly busyUntil = new Map<string, number>();
  private partitionOf = new Map<string, number>();

  constructor(private readonly options: NetworkOptions) {}

  heal(): void {
    this.isHealed = true;
    this.partitionOf = new Map();
  }

  postLetter(from: string, to: string, bodies: GroupFrameBody[]): void {
    this.letters.set(to, [...(this.letters.get(to) ?? []), { from, bodies }]);
    this.options.counters.add('letters');
  }

  partition(): void {
    const parts = this.options.random.whole(1, 3);
    this.partitionOf = new Map(this.processes.map(({ user }) => [user, this.options.random.whole(1, parts)]));
    if (parts > 1) this.options.counters.add('partitions');
    for (const process of this.processes)
      for (const other of [...process.links]) if (!this.isConnected(process.user, other)) this.cut(process.user, other);
  }

  private isConnected(a: string, b: string): boolean {
    return (this.partitionOf.get(a) ?? 1) === (this.partitionOf.get(b) ?? 1);
  }

  /** Opens links that one of the two ends wants. */
  connectWanted(): void {
    for (const process of this.processes) {
      if (!process.isUp || process.member === null) continue;
      const wanted = this.options.wanted(process);
      for (const user of wanted) if (this.isHealed || this.options.random.chance(0.4)) this.connect(process, user);
    }
  }

  private connect(process: MemberProcess, user: string): void {
    const other = this.processes.find((one) => one.user === user);
    if (!other?.isUp || other === process || other.member === null || !this.isConnected(process.user, user)) return;
    if (process.links.has(user)) return;
    process.links.add(user);
    other.links.add(process.user);
    this.options.counters.add('links');
    introduce(other, process);
    introduce(process, other);
  }

  cut(a: string, b: string): void {
    const [one, other] = [a, b].map((user) => this.processes.find((process) => process.user === user));
    if (!one || !other || one === other || !one.links.delete(b)) return;
    other.links.delete(a);
    this.options.counters.add('cut links');
    one.put({ type: 'unlinked', user: b });
    other.put({ type: 'unlinked', user: a });
  }

  transmit(from: string, to: string, body: GroupFrameBody): void {
    const direction = `${from} ${to}`;
    const wait = this.isHealed ? 2 : this.options.random.skewed(1, this.options.faults.delayMs);
    const at = Math.max(this.options.timeline.now + wait, this.busyUntil.get(direction) ?? 0);
    this.busyUntil.set(direction, at);
    this.options.timeline.after(at - this.options.timeline.now, () => {
      const other = this.processes.find((one) => one.user === to);
      if (other?.links.has(from)) other.receive(from, [body]);
    });
  }

  /** Processes post bundles, and each process gets one letter. */
  deliverLetters(): void {
    for (const process of this.processes) if (this.isHealed || this.options.random.chance(0.3)) process.postBundles();
    for (const process of this.processes) {
      if (!process.isUp || (!this.isHealed && !this.options.random.chance(0.5))) continue;
      const [letter, ...others] = this.letters.get(process.user) ?? [];
      if (!letter) continue;
      process.receive(letter.from, letter.bodies);
      // After a crash during the delivery the name server delivers the letter again.
      if (process.isUp) this.letters.set(process.user, others);
    }
  }
}
