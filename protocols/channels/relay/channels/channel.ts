// A channel on this server: which connections are in it, and who that is: a key is here once [CHAN-10].

import { LIMITS } from '../../../kit/limits.js';
import type { Signed } from '../../../kit/signed.js';

/** A connection whose entry held. */
export interface ChannelMember {
  readonly visitor: number;
  readonly key: string;
  readonly card: Signed;
}

interface Presence {
  card: Signed;
  connections: number;
}

export class Channel {
  /** More are here than are listed: nobody is told who comes and goes, only how many there are. */
  isLarge = false;
  private readonly connections = new Set<number>();
  private readonly keys = new Map<string, Presence>();
  private everybody: readonly number[] | null = null;

  /** `founder`: the network that is charged for it. */
  constructor(
    readonly name: string,
    readonly founder: string,
  ) {}

  get count(): number {
    return this.keys.size;
  }

  get isEmpty(): boolean {
    return this.connections.size === 0;
  }

  /** All connections: one array, until somebody comes or goes. */
  get members(): readonly number[] {
    this.everybody ??= [...this.connections];
    return this.everybody;
  }

  /** The cards of those who came first. */
  get here(): Signed[] {
    const cards: Signed[] = [];
    for (const { card } of this.keys.values()) {
      if (cards.length === LIMITS.channelCardsMax) break;
      cards.push(card);
    }
    return cards;
  }

  has(visitor: number): boolean {
    return this.connections.has(visitor);
  }

  /** True iff this key was not here before. */
  add({ visitor, key, card }: ChannelMember): boolean {
    this.connections.add(visitor);
    this.everybody = null;
    const known = this.keys.get(key);
    if (known === undefined) {
      this.keys.set(key, { card, connections: 1 });
      return true;
    }
    known.connections += 1;
    known.card = card;
    return false;
  }

  /** True iff this key is not here any more. */
  remove({ visitor, key }: ChannelMember): boolean {
    this.connections.delete(visitor);
    this.everybody = null;
    const known = this.keys.get(key);
    if (known === undefined || known.connections > 1) {
      if (known) known.connections -= 1;
      return false;
    }
    return this.keys.delete(key);
  }
}
