// Which stamps were taken [RELAY-5] [RELAY-8]: of each origin its boot and a window of numbers; bounded, and fair
// between those who bring origins.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { ReplayWindow } from '../../../kit/bounds/replay-window.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { EnvelopeHeader } from '../../peer-protocol.js';

interface Origin {
  boot: number;
  window: ReplayWindow;
  heardAt: Instant;
  /** Numbers that were taken from afar, with their hops: a copy that came less far reaches servers that they did not. */
  readonly far: Map<number, number>;
}

export class Origins {
  private readonly origins = new FairMap<Origin>(LIMITS.relayOriginsMax);

  get size(): number {
    return this.origins.size;
  }

  /**
   * Asking remembers nothing. `nearer`: known, and to be passed on again; `old`: of an earlier boot, or so far behind
   * that nobody knows.
   */
  judge({ origin, boot, seq }: EnvelopeHeader, hops: number): 'new' | 'nearer' | 'known' | 'old' {
    const known = this.origins.get(origin);
    if (known === undefined || boot > known.boot) return 'new';
    if (boot < known.boot) return 'old';
    if (known.window.mayTake(BigInt(seq))) return 'new';
    if (hops < (known.far.get(seq) ?? 0)) return 'nearer';
    return known.window.remembers(BigInt(seq)) ? 'known' : 'old';
  }

  /**
   * Takes a stamp that was proven, and no other. True where it had not been taken yet. `bringer`: the peer that is
   * charged for an origin not known before.
   */
  take({ origin, boot, seq }: EnvelopeHeader, hops: number, bringer: string, now: Instant): boolean {
    const known = this.origins.get(origin) ?? this.meet(origin, boot, bringer, now);
    if (boot > known.boot) {
      known.boot = boot;
      known.window = new ReplayWindow(LIMITS.relayWindow);
      known.far.clear();
    }
    const isNew = known.window.mayTake(BigInt(seq));
    if (isNew) known.window.take(BigInt(seq));
    noteHops(known.far, seq, hops);
    known.heardAt = now;
    this.origins.touch(origin);
    return isNew;
  }

  private meet(origin: string, boot: number, bringer: string, now: Instant): Origin {
    const oldest = this.origins.isFull ? this.origins.oldest() : null;
    // What it stamped before cannot be replayed any more: its time is wrong by now.
    if (oldest && oldest.value.heardAt + LIMITS.relayOriginSilenceMs <= now) this.origins.delete(oldest.key);
    const met = { boot, window: new ReplayWindow(LIMITS.relayWindow), heardAt: now, far: new Map<number, number>() };
    this.origins.put(origin, met, bringer);
    return met;
  }
}

function noteHops(far: Map<number, number>, seq: number, hops: number): void {
  far.delete(seq);
  if (hops <= LIMITS.relayNearHopsMax) return;
  far.set(seq, hops);
  const [oldest = seq] = far.keys();
  if (far.size > LIMITS.relayFarEnvelopesMax) far.delete(oldest);
}
