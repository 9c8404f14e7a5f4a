// One channel on this server: its connections, and the keys behind them. Each key counts once [CHAN-10].

import { LIMITS } from '../../../kit/limits.js';
import type { Signed } from '../../../kit/signed.js';

/** A connection that has entered. */
export interface ChannelMember {
  readonly client: number;
  readonly key: string;
  readonly card: Signed;
}

interface Presence {
  card: Signed;
  connections: number;
}

export class Channel {
  /** True while clients are told only counts, because the channel has more keys than a list may hold [CHAN-9]. */
  isLarge = false;
  private readonly connections = new Set<number>();
  private readonly keys = new Map<string, Presence>();
  private memberList: readonly number[] | null = null;

  /** `creator`: the network that created the channel; its quota is charged. */
  constructor(
    readonly name: string,
    readonly creator: string,
  ) {}

  get count(): number {
    return this.keys.size;
  }

  get isEmpty(): boolean {
    return this.connections.size === 0;
  }

  /** All connections. The array is the same until a connection joins or leaves. */
  get members(): readonly number[] {
    this.memberList ??= [...this.connections];
    return this.memberList;
  }

  /** The cards of the keys that joined first. */
  get here(): Signed[] {
    const cards: Signed[] = [];
    for (const { card } of this.keys.values()) {
      if (cards.length === LIMITS.channelCardsMax) break;
      cards.push(card);
    }
    return cards;
  }

  has(client: number): boolean {
    return this.connections.has(client);
  }

  /** True iff the key was not in the channel before. */
  add({ client, key, card }: ChannelMember): boolean {
    this.connections.add(client);
    this.memberList = null;
    const known = this.keys.get(key);
    if (known === undefined) {
      this.keys.set(key, { card, connections: 1 });
      return true;
    }
    known.connections += 1;
    known.card = card;
    return false;
  }

  /** True iff the key has no connection in the channel any more. */
  remove({ client, key }: ChannelMember): boolean {
    this.connections.delete(client);
    this.memberList = null;
    const known = this.keys.get(key);
    if (known === undefined || known.connections > 1) {
      if (known) known.connections -= 1;
      return false;
    }
    return this.keys.delete(key);
  }
}
