// The frames queued for a client in the current tick, written in one call. Clients that get the same frames share one
// batch, so its bytes are made once: a write costs more than a hundred frames.

import type { SharedFrame } from './shared-frame.js';
import type { ClientTransport } from './frame-encoding.js';

export class WriteBatch {
  private readonly encodings: Partial<Record<ClientTransport, Buffer>> = {};
  private extended: WriteBatch | null = null;

  private constructor(
    private readonly before: WriteBatch | null,
    private readonly frame: SharedFrame | null,
  ) {}

  /** The empty batch. All batches of a tick grow from one empty batch. */
  static empty(): WriteBatch {
    return new WriteBatch(null, null);
  }

  /**
   * This batch and one more frame. Clients that held the same batch get the same extended batch.
   */
  and(frame: SharedFrame): WriteBatch {
    if (this.extended?.frame !== frame) this.extended = new WriteBatch(this, frame);
    return this.extended;
  }

  /** All frames in order. The bytes are shared; they must not be changed. */
  bytes(transport: ClientTransport): Buffer {
    return (this.encodings[transport] ??= this.encode(transport));
  }

  private encode(transport: ClientTransport): Buffer {
    const frames = WriteBatch.frames(this).map((frame) => frame.bytes(transport));
    const [only] = frames;
    return only !== undefined && frames.length === 1 ? only : Buffer.concat(frames);
  }

  /** A loop, not recursion: a batch may be long. */
  private static frames(last: WriteBatch): SharedFrame[] {
    const frames: SharedFrame[] = [];
    for (let batch = last; batch.frame !== null && batch.before !== null; batch = batch.before)
      frames.push(batch.frame);
    return frames.reverse();
  }
}
