// Applies what the server sent in the order of arrival, although verifications finish in any order.

import { LIMITS } from '../../../kit/limits.js';

/** The change to make once the item is first in the queue. */
export type Apply = () => void;

interface QueuedItem {
  readonly bytes: number;
  apply: Apply | null;
}

export class VerificationQueue {
  private queue: QueuedItem[] = [];
  private bytes = 0;
  private isDraining = false;

  /** True while the queue is full: the server sends more than can be verified. */
  get isFull(): boolean {
    return this.queue.length >= LIMITS.channelClientVerifyingMax || this.bytes >= LIMITS.channelClientVerifyingBytes;
  }

  /** `verify` calls `verified` once, now or later. `bytes`: the memory that the item holds while it waits. */
  add(bytes: number, verify: (verified: (apply: Apply) => void) => void): void {
    const item: QueuedItem = { bytes, apply: null };
    this.queue.push(item);
    this.bytes += bytes;
    verify((apply) => {
      item.apply = apply;
      this.drain();
    });
  }

  private drain(): void {
    if (this.isDraining) return; // an applied item may add new ones
    this.isDraining = true;
    for (let first = this.queue[0]; first?.apply; first = this.queue[0]) {
      this.queue.shift();
      this.bytes -= first.bytes;
      first.apply();
    }
    this.isDraining = false;
  }
}
