// The random source of a simulated run: a fast generator (sfc32) from one seed, forked by label.

import type { RandomSource } from '../../../protocols/kit/primitives.js';

export class Random implements RandomSource {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  /** `label` separates streams: the same seed and label always give the same numbers. */
  constructor(
    readonly seed: number,
    readonly label: string = '',
  ) {
    const hash = mixed(`${seed}/${label}`);
    this.a = hash;
    this.b = mixed(`b${hash}`);
    this.c = mixed(`c${hash}`);
    for (let round = 0; round < 12; round += 1) this.word();
  }

  /** An independent stream. A new label changes what every seed draws, so labels keep their words. */
  fork(label: string): Random {
    return new Random(this.seed, `${this.label}/${label}`);
  }

  fraction(): number {
    return this.word() / 0x1_0000_0000;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) out[at] = this.word() & 255;
    return out;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  /** Mostly near `low`, sometimes near `high`, like the latency of real networks. */
  skewed(low: number, high: number): number {
    return low + this.fraction() ** 3 * (high - low);
  }

  /** A whole number in [low, high], both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.whole(0, from.length - 1)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  private word(): number {
    const sum = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }
}

/** A 32-bit hash of a text (FNV-1a with a finalizer). */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
