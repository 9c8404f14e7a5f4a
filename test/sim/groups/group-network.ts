// What lies between the residents of a simulated group: links that come and go and keep the order, partitions, and a
// postman who never loses a letter.

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
  /** Whom a resident wants links with. */
  readonly wanted: (who: MemberProcess) => readonly string[];
}

export class GroupNetwork {
  processes: readonly MemberProcess[] = [];
  private isHealed = false;
  /** Letters the name server holds, by recipient. */
  private readonly letters = new Map<string, { from: string; words: GroupFrameBody[] }[]>();
  /** When what a link carries last arrives: links keep the order. */
  private readonly busyUntil = new Map<string, number>();
  private partitionOf = new Map<string, number>();

  constructor(private readonly options: NetworkOptions) {}

  heal(): void {
    this.isHealed = true;
    this.partitionOf = new Map();
  }

  postLetter(from: string, to: string, words: GroupFrameBody[]): void {
    this.letters.set(to, [...(this.letters.get(to) ?? []), { from, words }]);
    this.options.counters.add('letters');
  }

  partition(): void {
    const parts = this.options.random.whole(1, 3);
    this.partitionOf = new Map(this.processes.map(({ user }) => [user, this.options.random.whole(1, parts)]));
    if (parts > 1) this.options.counters.add('partitions');
    for (const who of this.processes)
      for (const other of [...who.links]) if (!this.isOpen(who.user, other)) this.cut(who.user, other);
  }

  private isOpen(a: string, b: string): boolean {
    return (this.partitionOf.get(a) ?? 1) === (this.partitionOf.get(b) ?? 1);
  }

  /** Links come about where one of the two wants them. */
  connectWanted(): void {
    for (const who of this.processes) {
      if (!who.isUp || who.member === null) continue;
      const wanted = this.options.wanted(who);
      for (const user of wanted) if (this.isHealed || this.options.random.chance(0.4)) this.connect(who, user);
    }
  }

  private connect(who: MemberProcess, user: string): void {
    const other = this.processes.find((one) => one.user === user);
    if (!other?.isUp || other === who || other.member === null || !this.isOpen(who.user, user)) return;
    if (who.links.has(user)) return;
    who.links.add(user);
    other.links.add(who.user);
    this.options.counters.add('links');
    who.put({ type: 'linked', user });
    other.put({ type: 'linked', user: who.user });
  }

  cut(a: string, b: string): void {
    const [one, other] = [a, b].map((user) => this.processes.find((who) => who.user === user));
    if (!one || !other || one === other || !one.links.delete(b)) return;
    other.links.delete(a);
    this.options.counters.add('cut links');
    one.put({ type: 'unlinked', user: b });
    other.put({ type: 'unlinked', user: a });
  }

  transmit(from: string, to: string, word: GroupFrameBody): void {
    const lane = `${from} ${to}`;
    const wait = this.isHealed ? 2 : this.options.random.skewed(1, this.options.faults.delayMs);
    const at = Math.max(this.options.timeline.now + wait, this.busyUntil.get(lane) ?? 0);
    this.busyUntil.set(lane, at);
    this.options.timeline.after(at - this.options.timeline.now, () => {
      const other = this.processes.find((one) => one.user === to);
      if (other?.links.has(from)) other.receive(from, [word]);
    });
  }

  /** Letters are left and delivered. */
  deliverLetters(): void {
    for (const who of this.processes) if (this.isHealed || this.options.random.chance(0.3)) who.postBundles();
    for (const who of this.processes) {
      if (!who.isUp || (!this.isHealed && !this.options.random.chance(0.5))) continue;
      const [letter, ...others] = this.letters.get(who.user) ?? [];
      if (!letter) continue;
      who.receive(letter.from, letter.words);
      // A crash while it was read: the name server brings it again.
      if (who.isUp) this.letters.set(who.user, others);
    }
  }
}
