// One link to a peer, from the first hello to its end, and what is known of it.

import { networkOf } from '../../../kit/bounds/network.js';
import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Voice } from '../voice.js';
import type { PeerPlace } from '../world.js';
import { PeerQueue } from './peer-queue.js';

export interface Opening {
  readonly link: number;
  /** Ours, where we dialled. */
  readonly dial: number | null;
  readonly peerKey: string;
  readonly from: PeerPlace;
}

const FRAMES = { perSecond: LIMITS.peerFramesPerSecond, burst: LIMITS.peerFramesBurst };
const ADDRESSES = {
  perSecond: (LIMITS.peerAddressesPerFrame * 1_000) / LIMITS.peerExchangeMs,
  burst: LIMITS.peerAddressesPerFrame,
};

/** `leaving`: another link took its place; what is on its way is still heard, nothing is sent any more. */
export type LinkState = 'greeting' | 'open' | 'leaving';

export class Link {
  state: LinkState = 'greeting';
  readonly link: number;
  readonly dial: number | null;
  readonly peerKey: string;
  readonly from: PeerPlace;
  readonly network: string;
  readonly queue: PeerQueue;
  readonly frames: TokenBucket;
  readonly addresses: TokenBucket;

  constructor(
    opening: Opening,
    voice: Voice,
    readonly openedAt: Instant,
  ) {
    const { link } = opening;
    this.link = link;
    this.dial = opening.dial;
    this.peerKey = opening.peerKey;
    this.from = opening.from;
    this.network = networkOf(opening.from.host);
    this.frames = new TokenBucket(FRAMES, openedAt);
    this.addresses = new TokenBucket(ADDRESSES, openedAt);
    this.queue = new PeerQueue({
      send: (text) => voice.want({ kind: 'peer_send', link, text }),
      dropped: () => voice.count('dropped_slow_peer'),
    });
  }

  /** Of two links between the same servers the one dialled by the smaller key stays, then the later one [RELAY-3]. */
  isBetterThan(other: Link, server: string): boolean {
    const [mine, others] = [this.dialledBy(server), other.dialledBy(server)];
    return mine === others ? this.link > other.link : mine < others;
  }

  private dialledBy(server: string): string {
    return this.dial === null ? this.peerKey : server;
  }
}
