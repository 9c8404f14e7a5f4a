// What somebody is still to get in this turn: a sequence of frames. All who are to get the same ones hold the same
// tail, so that their bytes are made once and leave in one write for each: a write costs more than a hundred frames.

import type { SharedFrame } from './shared-frame.js';
import type { ClientTransport } from './frame-encoding.js';

export class WriteBatch {
  private readonly forms: Partial<Record<ClientTransport, Buffer>> = {};
  private longer: WriteBatch | null = null;

  private constructor(
    private readonly before: WriteBatch | null,
    private readonly frame: SharedFrame | null,
  ) {}

  /** Nothing yet. Of one empty tail, all tails of a turn grow. */
  static empty(): WriteBatch {
    return new WriteBatch(null, null);
  }

  /**
   * This and one frame more. Frames come one at a time, each for many: whoever holds this tail as well gets the same.
   */
  and(frame: SharedFrame): WriteBatch {
    if (this.longer?.frame !== frame) this.longer = new WriteBatch(this, frame);
    return this.longer;
  }

  /** All frames in order, as bytes that nobody may change. */
  bytes(wire: ClientTransport): Buffer {
    return (this.forms[wire] ??= this.make(wire));
  }

  private make(wire: ClientTransport): Buffer {
    const frames = WriteBatch.frames(this).map((frame) => frame.bytes(wire));
    const [only] = frames;
    return only !== undefined && frames.length === 1 ? only : Buffer.concat(frames);
  }

  /** Not by recursion: a turn may be long. */
  private static frames(last: WriteBatch): SharedFrame[] {
    const frames: SharedFrame[] = [];
    for (let tail = last; tail.frame !== null && tail.before !== null; tail = tail.before) frames.push(tail.frame);
    return frames.reverse();
  }
}
