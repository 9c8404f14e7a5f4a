// The peers that are dialled [RELAY-1] [RELAY-13]: those somebody asked for without end, those that were only heard
// of for a while; each with the key that must answer.

import { Backoff } from '../../../kit/backoff.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { Dice } from '../../../kit/primitives.js';
import type { RelayContext } from '../relay-context.js';
import type { SavedPeer, PeerEndpoint } from '../io.js';

/** `dial`: under way; else it is dialled at `retryAt`, unless it is linked then. */
export interface PeerEntry {
  readonly place: PeerEndpoint;
  key: string | null;
  isManual: boolean;
  dial: number | null;
  retryAt: Instant;
  failures: number;
  trouble: string | null;
  since: Instant;
  readonly backoff: Backoff;
}

export interface KnownPeersOptions {
  readonly voice: RelayContext;
  readonly dice: Dice;
  /** The next number of a dial. */
  readonly nextDial: () => number;
  readonly isLinked: (key: string) => boolean;
  /** How many more links there should be to those that nobody asked for. */
  readonly othersWanted: () => number;
}

const WAITS = { firstMs: LIMITS.peerRetryFirstMs, ceilingMs: LIMITS.peerRetryCeilingMs };

export class KnownPeers {
  private readonly entries = new Map<string, PeerEntry>();

  constructor(
    private readonly options: KnownPeersOptions,
    peers: readonly SavedPeer[],
  ) {
    for (const { host, port, key, isManual } of peers.slice(0, LIMITS.peersKept))
      this.entries.set(endpointKeyOf({ host, port }), this.entry({ host, port }, key, isManual));
  }

  /** Whether one that nobody asked for may be dialled now. */
  get mayDialOthers(): boolean {
    return this.roomForOthers() > 0;
  }

  all(): IterableIterator<PeerEntry> {
    return this.entries.values();
  }

  at(place: PeerEndpoint): PeerEntry | undefined {
    return this.entries.get(endpointKeyOf(place));
  }

  of(key: string): PeerEntry[] {
    return [...this.entries.values()].filter((entry) => entry.key === key);
  }

  isManual(key: string): boolean {
    return this.of(key).some(({ isManual }) => isManual);
  }

  dialledBy(dial: number): PeerEntry | undefined {
    return [...this.entries.values()].find((entry) => entry.dial === dial);
  }

  /** Puts a peer in, or null where there is no room. It is dialled at the next `wake`. */
  put(place: PeerEndpoint, key: string | null, isManual: boolean, now: Instant): PeerEntry | null {
    const known = this.at(place);
    if (known === undefined && this.entries.size >= LIMITS.peersKept && !this.dropOne(isManual)) return null;
    const entry = known ?? this.entry(place, key, isManual);
    entry.isManual ||= isManual;
    entry.key ??= key;
    entry.retryAt = now;
    if (known === undefined) entry.since = now;
    this.entries.set(endpointKeyOf(place), entry);
    this.keep();
    return entry;
  }

  drop(entry: PeerEntry): void {
    if (this.entries.delete(endpointKeyOf(entry.place))) this.keep();
  }

  /** The key that answered is the one that must answer from now on. */
  pin(entry: PeerEntry, key: string, now: Instant): void {
    entry.trouble = null;
    entry.dial = null;
    entry.since = now;
    if (entry.key === key) return;
    entry.key = key;
    this.keep();
  }

  /** Its dial is over, or its link is: it is tried again later. `livedMs`: how long the link held. */
  failed(entry: PeerEntry, why: string, livedMs: number, now: Instant): void {
    const wasHealthy = livedMs >= LIMITS.peerRetryCeilingMs;
    if (wasHealthy) entry.backoff.succeeded();
    entry.failures = livedMs > 0 ? 0 : entry.failures + 1;
    entry.dial = null;
    entry.trouble = why;
    entry.since = now;
    entry.retryAt = now + entry.backoff.next();
    if (!entry.isManual && entry.failures >= LIMITS.peerTriesMax) this.drop(entry);
  }

  wake(now: Instant): void {
    let room = this.roomForOthers();
    // Who was tried last comes last: those that are gone must not take the place of those that may be there.
    const idle = [...this.entries.values()].filter((entry) => this.isIdle(entry));
    for (const entry of idle.sort((a, b) => a.retryAt - b.retryAt)) {
      if (entry.retryAt > now || (!entry.isManual && room <= 0)) continue;
      if (!entry.isManual) room -= 1;
      this.dial(entry, now);
    }
  }

  wakeAt(): Instant | null {
    const { mayDialOthers } = this;
    let next: Instant | null = null;
    for (const entry of this.entries.values())
      if (this.isIdle(entry) && (entry.isManual || mayDialOthers)) next = earlier(next, entry.retryAt);
    return next;
  }

  /** Neither linked nor being dialled. */
  private isIdle({ dial, key }: PeerEntry): boolean {
    return dial === null && (key === null || !this.options.isLinked(key));
  }

  /** Of those that are being dialled all may answer. */
  private roomForOthers(): number {
    const wanted = this.options.othersWanted();
    if (wanted <= 0) return 0;
    return wanted - [...this.entries.values()].filter(({ dial, isManual }) => dial !== null && !isManual).length;
  }

  private dial(entry: PeerEntry, now: Instant): void {
    if (entry.since === 0) entry.since = now;
    const dial = this.options.nextDial();
    entry.dial = dial;
    this.options.voice.want({ kind: 'dial', dial, place: entry.place, key: entry.key });
  }

  /** Makes room for a peer: one that nobody asked for and that is not linked. */
  private dropOne(isForManual: boolean): boolean {
    for (const [name, { isManual, key }] of this.entries) {
      const isLinked = key !== null && this.options.isLinked(key);
      if (isManual || (isLinked && !isForManual)) continue;
      return this.entries.delete(name);
    }
    return false;
  }

  private keep(): void {
    const peers = [...this.entries.values()].map(({ place, key, isManual }) => ({ ...place, key, isManual }));
    this.options.voice.want({ kind: 'keep', peers });
  }

  private entry({ host, port }: PeerEndpoint, key: string | null, isManual: boolean): PeerEntry {
    const backoff = new Backoff(WAITS, this.options.dice);
    const begun = { dial: null, retryAt: 0, failures: 0, trouble: null, since: 0 };
    return { place: { host, port }, key, isManual, ...begun, backoff };
  }
}

export function endpointKeyOf({ host, port }: PeerEndpoint): string {
  return `${host}:${port}`;
}
