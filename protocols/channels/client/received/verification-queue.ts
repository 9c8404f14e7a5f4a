// What came from the server waits here, in the order in which it came, until it is proved; then it takes effect. So
// nothing overtakes anything, in whatever order proofs come back.

import { LIMITS } from '../../../kit/limits.js';

/** What is to be done once a thing's turn has come. */
export type Apply = () => void;

interface QueuedItem {
  readonly bytes: number;
  take: Apply | null;
}

export class VerificationQueue {
  private queue: QueuedItem[] = [];
  private bytes = 0;
  private isDraining = false;

  /** True while nothing more fits: whoever fills it came with more than can be checked. */
  get isFull(): boolean {
    return this.queue.length >= LIMITS.channelClientVerifyingMax || this.bytes >= LIMITS.channelClientVerifyingBytes;
  }

  /** `prove` calls `proved` once, now or later. `bytes`: what it holds in memory while it waits. */
  add(bytes: number, prove: (proved: (take: Apply) => void) => void): void {
    const waiting: QueuedItem = { bytes, take: null };
    this.queue.push(waiting);
    this.bytes += bytes;
    prove((take) => {
      waiting.take = take;
      this.drain();
    });
  }

  private drain(): void {
    if (this.isDraining) return; // what takes effect may add to the end
    this.isDraining = true;
    for (let first = this.queue[0]; first?.take; first = this.queue[0]) {
      this.queue.shift();
      this.bytes -= first.bytes;
      first.take();
    }
    this.isDraining = false;
  }
}
