// The peers that a relay dials, each with the key that must answer [RELAY-1] [RELAY-13]. Peers that the operator asked
// for are retried forever, discovered ones a limited number of times.

import { Backoff } from '../../../kit/bounds/backoff.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { RandomSource } from '../../../kit/primitives.js';
import type { RelayContext } from '../relay-context.js';
import type { SavedPeer, PeerEndpoint } from '../io.js';

/** `dial`: the dial under way; null: the peer is dialled at `retryAt` unless it is linked then. */
export interface KnownPeer {
  readonly endpoint: PeerEndpoint;
  key: string | null;
  isManual: boolean;
  dial: number | null;
  retryAt: Instant;
  failures: number;
  lastError: string | null;
  since: Instant;
  readonly backoff: Backoff;
}

export interface KnownPeersOptions {
  readonly context: RelayContext;
  readonly random: RandomSource;
  /** Returns a new dial number. */
  readonly nextDial: () => number;
  readonly isLinked: (key: string) => boolean;
  /** The number of links that discovery still wants. */
  readonly missingLinks: () => number;
}

const RETRY = { firstMs: LIMITS.peerRetryFirstMs, ceilingMs: LIMITS.peerRetryCeilingMs };

export class KnownPeers {
  private readonly entries = new Map<string, KnownPeer>();

  constructor(
    private readonly options: KnownPeersOptions,
    peers: readonly SavedPeer[],
  ) {
    for (const { host, port, key, isManual } of peers.slice(0, LIMITS.peersKeptMax))
      this.entries.set(endpointKeyOf({ host, port }), this.newPeer({ host, port }, key, isManual));
  }

  /** True if a discovered peer may be dialled now. */
  get mayDialDiscovered(): boolean {
    return this.discoveredDialsLeft() > 0;
  }

  all(): IterableIterator<KnownPeer> {
    return this.entries.values();
  }

  at(endpoint: PeerEndpoint): KnownPeer | undefined {
    return this.entries.get(endpointKeyOf(endpoint));
  }

  withKey(key: string): KnownPeer[] {
    return [...this.entries.values()].filter((entry) => entry.key === key);
  }

  isManual(key: string): boolean {
    return this.withKey(key).some(({ isManual }) => isManual);
  }

  dialledBy(dial: number): KnownPeer | undefined {
    return [...this.entries.values()].find((entry) => entry.dial === dial);
  }

  /** Adds a peer, to be dialled at the next `wake`; null if the table is full. */
  add(endpoint: PeerEndpoint, key: string | null, isManual: boolean, now: Instant): KnownPeer | null {
    const known = this.at(endpoint);
    if (known === undefined && this.entries.size >= LIMITS.peersKeptMax && !this.evictOne(isManual)) return null;
    const entry = known ?? this.newPeer(endpoint, key, isManual);
    entry.isManual ||= isManual;
    entry.key ??= key;
    entry.retryAt = now;
    if (known === undefined) entry.since = now;
    this.entries.set(endpointKeyOf(endpoint), entry);
    this.save();
    return entry;
  }

  remove(entry: KnownPeer): void {
    if (this.entries.delete(endpointKeyOf(entry.endpoint))) this.save();
  }

  /** Pins the key that answered: no other key is accepted from now on. */
  pin(entry: KnownPeer, key: string, now: Instant): void {
    entry.lastError = null;
    entry.dial = null;
    entry.since = now;
    if (entry.key === key) return;
    entry.key = key;
    this.save();
  }

  /** Records that a dial failed or a link ended, and plans the next dial. `livedMs`: how long the link was open. */
  failed(entry: KnownPeer, why: string, livedMs: number, now: Instant): void {
    const wasHealthy = livedMs >= LIMITS.peerRetryCeilingMs;
    if (wasHealthy) entry.backoff.succeeded();
    entry.failures = livedMs > 0 ? 0 : entry.failures + 1;
    entry.dial = null;
    entry.lastError = why;
    entry.since = now;
    entry.retryAt = now + entry.backoff.next();
    if (!entry.isManual && entry.failures >= LIMITS.peerDialFailuresMax) this.remove(entry);
  }

  wake(now: Instant): void {
    let dialsLeft = this.discoveredDialsLeft();
    // The peer that was tried longest ago comes first: dead peers must not block peers that may answer.
    const idle = [...this.entries.values()].filter((entry) => this.isIdle(entry));
    for (const entry of idle.sort((a, b) => a.retryAt - b.retryAt)) {
      if (entry.retryAt > now || (!entry.isManual && dialsLeft <= 0)) continue;
      if (!entry.isManual) dialsLeft -= 1;
      this.dial(entry, now);
    }
  }

  wakeAt(): Instant | null {
    const { mayDialDiscovered } = this;
    let next: Instant | null = null;
    for (const entry of this.entries.values())
      if (this.isIdle(entry) && (entry.isManual || mayDialDiscovered)) next = earlier(next, entry.retryAt);
    return next;
  }

  /** True if the peer is neither linked nor being dialled. */
  private isIdle({ dial, key }: KnownPeer): boolean {
    return dial === null && (key === null || !this.options.isLinked(key));
  }

  /** Every dial under way may become a link, so it counts. */
  private discoveredDialsLeft(): number {
    const wanted = this.options.missingLinks();
    if (wanted <= 0) return 0;
    return wanted - [...this.entries.values()].filter(({ dial, isManual }) => dial !== null && !isManual).length;
  }

  private dial(entry: KnownPeer, now: Instant): void {
    if (entry.since === 0) entry.since = now;
    const dial = this.options.nextDial();
    entry.dial = dial;
    this.options.context.emit({ type: 'dial', dial, endpoint: entry.endpoint, key: entry.key });
  }

  /** Makes room for a peer: removes a discovered peer that is not linked, or any discovered one for an operator's. */
  private evictOne(isForManual: boolean): boolean {
    for (const [name, { isManual, key }] of this.entries) {
      const isLinked = key !== null && this.options.isLinked(key);
      if (isManual || (isLinked && !isForManual)) continue;
      return this.entries.delete(name);
    }
    return false;
  }

  private save(): void {
    const peers = [...this.entries.values()].map(({ endpoint, key, isManual }) => ({ ...endpoint, key, isManual }));
    this.options.context.emit({ type: 'save_peers', peers });
  }

  private newPeer({ host, port }: PeerEndpoint, key: string | null, isManual: boolean): KnownPeer {
    const backoff = new Backoff(RETRY, this.options.random);
    const initial = { dial: null, retryAt: 0, failures: 0, lastError: null, since: 0 };
    return { endpoint: { host, port }, key, isManual, ...initial, backoff };
  }
}

export function endpointKeyOf({ host, port }: PeerEndpoint): string {
  return `${host}:${port}`;
}
