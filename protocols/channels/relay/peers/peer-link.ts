// One link to a peer, from the first hello to its end, and what is known of it.

import { networkOf } from '../../../kit/bounds/network.js';
import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { RelayContext } from '../relay-context.js';
import type { PeerEndpoint } from '../io.js';
import { PeerQueue } from './peer-queue.js';

export interface LinkOpening {
  readonly link: number;
  /** Ours, where we dialled. */
  readonly dial: number | null;
  readonly peerKey: string;
  readonly from: PeerEndpoint;
}

const FRAMES = { perSecond: LIMITS.peerFramesPerSecond, burst: LIMITS.peerFramesBurst };
const ADDRESSES = {
  perSecond: (LIMITS.peerAddressesPerFrame * 1_000) / LIMITS.peerExchangeMs,
  burst: LIMITS.peerAddressesPerFrame,
};

/** `leaving`: another link took its place; what is on its way is still heard, nothing is sent any more. */
export type PeerLinkState = 'greeting' | 'open' | 'leaving';

export class PeerLink {
  state: PeerLinkState = 'greeting';
  readonly link: number;
  readonly dial: number | null;
  readonly peerKey: string;
  readonly from: PeerEndpoint;
  readonly network: string;
  readonly queue: PeerQueue;
  readonly frames: TokenBucket;
  readonly addresses: TokenBucket;

  constructor(
    opening: LinkOpening,
    voice: RelayContext,
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
  isBetterThan(other: PeerLink, server: string): boolean {
    const [mine, others] = [this.dialledBy(server), other.dialledBy(server)];
    return mine === others ? this.link > other.link : mine < others;
  }

  private dialledBy(server: string): string {
    return this.dial === null ? this.peerKey : server;
  }
}
