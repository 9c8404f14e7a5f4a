// What somebody is still to get in this turn: a sequence of frames. All who are to get the same ones hold the same
// tail, so that their bytes are made once and leave in one write for each: a write costs more than a hundred frames.

import type { DoorFrame } from '../../protocols/channels/door.js';
import { wireForm, type Wire } from './wire-form.js';

type Forms = Partial<Record<Wire, Buffer>>;

export class Tail {
  private readonly forms: Forms = {};
  private text: string | null = null;
  private longer: Tail | null = null;

  private constructor(
    private readonly before: Tail | null,
    private readonly frame: DoorFrame | null,
  ) {}

  /** Nothing yet. Of one empty tail, all tails of a turn grow. */
  static empty(): Tail {
    return new Tail(null, null);
  }

  /**
   * This and one frame more. Frames come one at a time, each for many: whoever holds this tail as well gets the same.
   */
  and(frame: DoorFrame): Tail {
    if (this.longer?.frame !== frame) this.longer = new Tail(this, frame);
    return this.longer;
  }

  /** All frames in order, as bytes that nobody may change. */
  bytes(wire: Wire): Buffer {
    return (this.forms[wire] ??= this.make(wire));
  }

  private make(wire: Wire): Buffer {
    return Buffer.concat(Tail.texts(this).map((text) => wireForm(text, wire)));
  }

  /** Not by recursion: a turn may be long. */
  private static texts(last: Tail): string[] {
    const texts: string[] = [];
    for (let tail = last; tail.frame !== null && tail.before !== null; tail = tail.before)
      texts.push((tail.text ??= JSON.stringify(tail.frame)));
    return texts.reverse();
  }
}
