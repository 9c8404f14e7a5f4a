// Remembers which envelopes were accepted [RELAY-5] [RELAY-8]: for each origin its boot and a window of numbers. The
// table is bounded and shared out fairly among the peers that deliver new origins.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { ReplayWindow } from '../../../kit/bounds/replay-window.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Signed } from '../../../kit/signed.js';
import type { EnvelopeHeader } from '../../peer-protocol.js';
import type { Envelope } from './envelope-writer.js';

interface Origin {
  boot: number;
  /** The first signed header of this boot: the proof that the origin has started it [RELAY-14]. */
  stamp: Signed;
  window: ReplayWindow;
  heardAt: Instant;
  /** Numbers accepted with many hops, and their hops: a copy with fewer hops reaches servers that these did not. */
  readonly distant: Map<number, number>;
}

/** `stamp`: the signed header. */
type Arrival = Pick<Envelope, 'hops' | 'stamp'>;

export class Origins {
  private readonly origins = new FairMap<Origin>(LIMITS.relayOriginsMax);

  get size(): number {
    return this.origins.size;
  }

  /**
   * Changes nothing. `shorter_path`: known, but with fewer hops than before, so it is forwarded again [RELAY-7].
   * `old`: of an earlier boot, or below the window.
   */
  classify({ origin, boot, seq }: EnvelopeHeader, hops: number): 'new' | 'shorter_path' | 'known' | 'old' {
    const known = this.origins.get(origin);
    if (known === undefined || boot > known.boot) return 'new';
    if (boot < known.boot) return 'old';
    if (known.window.mayTake(BigInt(seq))) return 'new';
    if (hops < (known.distant.get(seq) ?? 0)) return 'shorter_path';
    return known.window.remembers(BigInt(seq)) ? 'known' : 'old';
  }

  /** The proof of a newer boot of the origin; null if none is known. */
  newerThan(origin: string, boot: number): Signed | null {
    const known = this.origins.get(origin);
    return known !== undefined && known.boot > boot ? known.stamp : null;
  }

  /** Takes a valid proof of a newer boot of a known origin. */
  raise({ origin, boot }: EnvelopeHeader, stamp: Signed): void {
    const known = this.origins.get(origin);
    if (known !== undefined && boot > known.boot) begin(known, boot, stamp);
  }

  /**
   * Records a valid envelope; true if it is new. The caller must have validated it. `source`: the peer whose memory
   * share is charged for a new origin.
   */
  accept(header: EnvelopeHeader, { hops, stamp }: Arrival, source: string, now: Instant): boolean {
    const { origin, boot, seq } = header;
    const known = this.origins.get(origin) ?? this.addOrigin(header, stamp, source, now);
    if (boot > known.boot) begin(known, boot, stamp);
    const isNew = known.window.mayTake(BigInt(seq));
    if (isNew) known.window.take(BigInt(seq));
    noteHops(known.distant, seq, hops);
    known.heardAt = now;
    this.origins.touch(origin);
    return isNew;
  }

  private addOrigin({ origin, boot }: EnvelopeHeader, stamp: Signed, source: string, now: Instant): Origin {
    const oldest = this.origins.isFull ? this.origins.oldest() : null;
    // Its earlier envelopes cannot be replayed: their time is out of range by now [RELAY-6].
    if (oldest && oldest.value.heardAt + LIMITS.relayOriginSilenceMs <= now) this.origins.delete(oldest.key);
    const added = {
      boot,
      stamp,
      window: new ReplayWindow(LIMITS.relayWindow),
      heardAt: now,
      distant: new Map<number, number>(),
    };
    this.origins.put(origin, added, source);
    return added;
  }
}

/** A new boot numbers its envelopes anew. */
function begin(known: Origin, boot: number, stamp: Signed): void {
  known.boot = boot;
  known.stamp = stamp;
  known.window = new ReplayWindow(LIMITS.relayWindow);
  known.distant.clear();
}

function noteHops(distant: Map<number, number>, seq: number, hops: number): void {
  distant.delete(seq);
  if (hops <= LIMITS.relayNearHopsMax) return;
  distant.set(seq, hops);
  const [oldest = seq] = distant.keys();
  if (distant.size > LIMITS.relayFarEnvelopesMax) distant.delete(oldest);
}
