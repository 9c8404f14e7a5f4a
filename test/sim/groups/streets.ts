// What lies between the residents of a simulated group: links that come and go and keep the order, partitions, and a
// postman who never loses a letter.

import type { GroupWord } from '../../../protocols/groups/frames.js';
import type { Random } from '../kernel/random.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Resident } from './resident.js';
import type { GroupTally } from './tally.js';
import type { GroupTroubles } from './troubles.js';

interface Surroundings {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly troubles: GroupTroubles;
  readonly tally: GroupTally;
  /** Whom a resident wants links with. */
  readonly wanted: (who: Resident) => readonly string[];
}

export class Streets {
  residents: readonly Resident[] = [];
  private isHealed = false;
  /** Letters the name server holds, by recipient. */
  private readonly letters = new Map<string, { from: string; words: GroupWord[] }[]>();
  /** When what a link carries last arrives: links keep the order. */
  private readonly clogged = new Map<string, number>();
  private parts = new Map<string, number>();

  constructor(private readonly around: Surroundings) {}

  heal(): void {
    this.isHealed = true;
    this.parts = new Map();
  }

  leave(from: string, to: string, words: GroupWord[]): void {
    this.letters.set(to, [...(this.letters.get(to) ?? []), { from, words }]);
    this.around.tally.add('letters');
  }

  divide(): void {
    const parts = this.around.random.whole(1, 3);
    this.parts = new Map(this.residents.map(({ user }) => [user, this.around.random.whole(1, parts)]));
    if (parts > 1) this.around.tally.add('partitions');
    for (const who of this.residents)
      for (const other of [...who.links]) if (!this.isOpen(who.user, other)) this.cut(who.user, other);
  }

  private isOpen(a: string, b: string): boolean {
    return (this.parts.get(a) ?? 1) === (this.parts.get(b) ?? 1);
  }

  /** Links come about where one of the two wants them. */
  reach(): void {
    for (const who of this.residents) {
      if (!who.isUp || who.member === null) continue;
      const wanted = this.around.wanted(who);
      for (const user of wanted) if (this.isHealed || this.around.random.chance(0.4)) this.connect(who, user);
    }
  }

  private connect(who: Resident, user: string): void {
    const other = this.residents.find((one) => one.user === user);
    if (!other?.isUp || other === who || other.member === null || !this.isOpen(who.user, user)) return;
    if (who.links.has(user)) return;
    who.links.add(user);
    other.links.add(who.user);
    this.around.tally.add('links');
    who.put({ kind: 'linked', user });
    other.put({ kind: 'linked', user: who.user });
  }

  cut(a: string, b: string): void {
    const [one, other] = [a, b].map((user) => this.residents.find((who) => who.user === user));
    if (!one || !other || one === other || !one.links.delete(b)) return;
    other.links.delete(a);
    this.around.tally.add('cut links');
    one.put({ kind: 'unlinked', user: b });
    other.put({ kind: 'unlinked', user: a });
  }

  transmit(from: string, to: string, word: GroupWord): void {
    const lane = `${from} ${to}`;
    const wait = this.isHealed ? 2 : this.around.random.skewed(1, this.around.troubles.delayMs);
    const at = Math.max(this.around.timeline.now + wait, this.clogged.get(lane) ?? 0);
    this.clogged.set(lane, at);
    this.around.timeline.after(at - this.around.timeline.now, () => {
      const other = this.residents.find((one) => one.user === to);
      if (other?.links.has(from)) other.hear(from, [word]);
    });
  }

  /** Letters are left and delivered. */
  postman(): void {
    for (const who of this.residents) if (this.isHealed || this.around.random.chance(0.3)) who.leaveParcels();
    for (const who of this.residents) {
      if (!who.isUp || (!this.isHealed && !this.around.random.chance(0.5))) continue;
      const [letter, ...others] = this.letters.get(who.user) ?? [];
      if (!letter) continue;
      who.hear(letter.from, letter.words);
      // A crash while it was read: the name server brings it again.
      if (who.isUp) this.letters.set(who.user, others);
    }
  }
}
