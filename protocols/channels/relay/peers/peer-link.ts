// The state of one link to a peer, from its first hello to its end.

import { networkPrefixOf } from '../../../kit/bounds/network-prefix.js';
import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { RelayContext } from '../relay-context.js';
import type { PeerEndpoint } from '../io.js';
import { PeerQueue } from './peer-queue.js';

export interface LinkOpening {
  readonly link: number;
  /** The number of our dial; null if the peer dialled. */
  readonly dial: number | null;
  readonly peerKey: string;
  readonly from: PeerEndpoint;
}

const FRAMES = { perSecond: LIMITS.peerFramesPerSecond, burst: LIMITS.peerFramesBurst };
/** Notices of a newer boot [RELAY-14]. */
export const BOOT_NOTICES = { perSecond: 1_000 / LIMITS.relayBootNoticeMs, burst: LIMITS.relayBootNoticesBurst };
const ADDRESSES = {
  perSecond: (LIMITS.peerAddressesPerFrame * 1_000) / LIMITS.peerExchangeMs,
  burst: LIMITS.peerAddressesPerFrame,
};

/** `draining`: another link has replaced it. Frames that still arrive are handled, but none is sent. */
export type PeerLinkState = 'handshake' | 'open' | 'draining';

export class PeerLink {
  state: PeerLinkState = 'handshake';
  readonly link: number;
  readonly dial: number | null;
  readonly peerKey: string;
  readonly from: PeerEndpoint;
  readonly network: string;
  readonly queue: PeerQueue;
  readonly frameRate: TokenBucket;
  readonly addressRate: TokenBucket;
  readonly noticeRate: TokenBucket;

  constructor(
    opening: LinkOpening,
    context: RelayContext,
    readonly openedAt: Instant,
  ) {
    const { link } = opening;
    this.link = link;
    this.dial = opening.dial;
    this.peerKey = opening.peerKey;
    this.from = opening.from;
    this.network = networkPrefixOf(opening.from.host);
    this.frameRate = new TokenBucket(FRAMES, openedAt);
    this.addressRate = new TokenBucket(ADDRESSES, openedAt);
    this.noticeRate = new TokenBucket(BOOT_NOTICES, openedAt);
    this.queue = new PeerQueue({
      send: (text) => context.emit({ type: 'peer_send', link, text }),
      onDropped: () => context.count('dropped_slow_peer'),
    });
  }

  /** Of two links between the same servers, the one dialled by the smaller key stays; if equal, the later [RELAY-3]. */
  isBetterThan(other: PeerLink, server: string): boolean {
    const [mine, others] = [this.dialledBy(server), other.dialledBy(server)];
    return mine === others ? this.link > other.link : mine < others;
  }

  private dialledBy(server: string): string {
    return this.dial === null ? this.peerKey : server;
  }
}
