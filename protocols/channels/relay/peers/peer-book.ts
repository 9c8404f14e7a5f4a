// The peers that are dialled [RELAY-1] [RELAY-13]: those somebody asked for without end, those that were only heard
// of for a while; each with the key that must answer.

import { Backoff } from '../../../kit/backoff.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { Dice } from '../../../kit/primitives.js';
import type { Voice } from '../voice.js';
import type { KeptPeer, PeerPlace } from '../world.js';

/** `dial`: under way; else it is dialled at `retryAt`, unless it is linked then. */
export interface Entry {
  readonly place: PeerPlace;
  key: string | null;
  isManual: boolean;
  dial: number | null;
  retryAt: Instant;
  failures: number;
  trouble: string | null;
  since: Instant;
  readonly backoff: Backoff;
}

export interface PeerBookOptions {
  readonly voice: Voice;
  readonly dice: Dice;
  /** The next number of a dial. */
  readonly nextDial: () => number;
  readonly isLinked: (key: string) => boolean;
  /** Whether those that nobody asked for are dialled now. */
  readonly mayDialOthers: () => boolean;
}

const WAITS = { firstMs: LIMITS.peerRetryFirstMs, ceilingMs: LIMITS.peerRetryCeilingMs };

export class PeerBook {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly options: PeerBookOptions,
    peers: readonly KeptPeer[],
  ) {
    for (const { host, port, key, isManual } of peers.slice(0, LIMITS.peersKept))
      this.entries.set(nameOf({ host, port }), this.entry({ host, port }, key, isManual));
  }

  all(): IterableIterator<Entry> {
    return this.entries.values();
  }

  at(place: PeerPlace): Entry | undefined {
    return this.entries.get(nameOf(place));
  }

  of(key: string): Entry[] {
    return [...this.entries.values()].filter((entry) => entry.key === key);
  }

  isManual(key: string): boolean {
    return this.of(key).some(({ isManual }) => isManual);
  }

  dialledBy(dial: number): Entry | undefined {
    return [...this.entries.values()].find((entry) => entry.dial === dial);
  }

  /** Puts a peer in, or null where there is no room. It is dialled at the next `wake`. */
  put(place: PeerPlace, key: string | null, isManual: boolean, now: Instant): Entry | null {
    const known = this.at(place);
    if (known === undefined && this.entries.size >= LIMITS.peersKept && !this.dropOne(isManual)) return null;
    const entry = known ?? this.entry(place, key, isManual);
    entry.isManual ||= isManual;
    entry.key ??= key;
    entry.retryAt = now;
    if (known === undefined) entry.since = now;
    this.entries.set(nameOf(place), entry);
    this.keep();
    return entry;
  }

  drop(entry: Entry): void {
    if (this.entries.delete(nameOf(entry.place))) this.keep();
  }

  /** The key that answered is the one that must answer from now on. */
  pin(entry: Entry, key: string, now: Instant): void {
    entry.trouble = null;
    entry.dial = null;
    entry.since = now;
    if (entry.key === key) return;
    entry.key = key;
    this.keep();
  }

  /** Its dial is over, or its link is: it is tried again later. `livedMs`: how long the link held. */
  failed(entry: Entry, why: string, livedMs: number, now: Instant): void {
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
    for (const entry of this.entries.values()) if (this.isDue(entry) && entry.retryAt <= now) this.dial(entry, now);
  }

  wakeAt(): Instant | null {
    let next: Instant | null = null;
    for (const entry of this.entries.values()) if (this.isDue(entry)) next = earlier(next, entry.retryAt);
    return next;
  }

  private isDue({ dial, key, isManual }: Entry): boolean {
    const isLinked = key !== null && this.options.isLinked(key);
    return dial === null && !isLinked && (isManual || this.options.mayDialOthers());
  }

  private dial(entry: Entry, now: Instant): void {
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

  private entry({ host, port }: PeerPlace, key: string | null, isManual: boolean): Entry {
    const backoff = new Backoff(WAITS, this.options.dice);
    const begun = { dial: null, retryAt: 0, failures: 0, trouble: null, since: 0 };
    return { place: { host, port }, key, isManual, ...begun, backoff };
  }
}

export function nameOf({ host, port }: PeerPlace): string {
  return `${host}:${port}`;
}
