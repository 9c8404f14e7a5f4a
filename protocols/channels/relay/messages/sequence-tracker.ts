// The order of what is heard [CHAN-8]: the words of one life in the order of their counters, each once; a gap is waited
// for, but not for long.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { ReorderBuffer, type HeldMessage } from './reorder-buffer.js';
import type { SignedMessage } from './signed-message.js';

/** How many counters below the highest heard are told apart. */
const RECENT = 32;

interface SessionSequence {
  /** The highest counter that was heard; 0 before the first. */
  highest: number;
  /** Bit k: the counter `highest − k` was heard. */
  recent: number;
}

export class SequenceTracker {
  private readonly lives = new FairMap<SessionSequence>(LIMITS.clientSessionsRemembered);
  private readonly held = new ReorderBuffer();

  get size(): number {
    return this.lives.size;
  }

  get heldBack(): number {
    return this.held.size;
  }

  /** `late`: it was not heard, and what came after it was. */
  judge({ words }: SignedMessage): 'new' | 'known' | 'late' {
    const name = nameOf(words);
    const life = this.lives.get(name);
    if (this.held.has(name, words.counter)) return 'known';
    if (life === undefined || words.counter > life.highest) return 'new';
    const behind = life.highest - words.counter;
    return behind < RECENT && ((life.recent >>> behind) & 1) === 0 ? 'late' : 'known';
  }

  /**
   * Takes what was proven. Gives what is to be heard now, in this order. `bringer`: who is charged for remembering a
   * life that was not known, and for holding back.
   */
  take(speech: SignedMessage, bringer: string, now: Instant): SignedMessage[] {
    if (this.judge(speech) !== 'new') return [];
    const name = nameOf(speech.words);
    const life = this.meet(name, bringer);
    if (speech.words.counter === life.highest + 1) return this.goOn(name, life, [speech]);
    this.held.add({ name, speech, bringer, since: now });
    const heard: SignedMessage[] = [];
    for (let full = this.held.overfull(name); full !== null; full = this.held.overfull(name))
      heard.push(...this.release(full, Infinity));
    return heard;
  }

  /** What was waited for long enough. */
  due(now: Instant): SignedMessage[] {
    return [...this.held.due(now)].flatMap(([name, upTo]) => this.release(name, upTo));
  }

  wakeAt(): Instant | null {
    return this.held.next();
  }

  private meet(name: string, bringer: string): SessionSequence {
    const known = this.lives.get(name);
    if (known) {
      this.lives.touch(name);
      return known;
    }
    const life: SessionSequence = { highest: 0, recent: 0 };
    const forgotten = this.lives.put(name, life, bringer);
    if (forgotten) this.held.takeUpTo(forgotten.key, Infinity);
    return life;
  }

  /** Goes on with what is held back of a life up to a counter, whatever is missing before it. */
  private release(name: string, upTo: number): SignedMessage[] {
    const life = this.lives.get(name);
    const released = this.held.takeUpTo(name, upTo);
    return life === undefined ? [] : this.goOn(name, life, released.map(speechOf));
  }

  /** Hears words in order, and those held back that follow without a gap. */
  private goOn(name: string, life: SessionSequence, words: SignedMessage[]): SignedMessage[] {
    const heard = [...words];
    for (const { words: said } of words) hear(life, said.counter);
    for (let next = this.held.takeOne(name, life.highest + 1); next; next = this.held.takeOne(name, life.highest + 1)) {
      hear(life, next.speech.words.counter);
      heard.push(next.speech);
    }
    return heard;
  }
}

function hear(life: SessionSequence, counter: number): void {
  const step = counter - life.highest;
  life.recent = step >= RECENT ? 1 : ((life.recent << step) | 1) >>> 0;
  life.highest = counter;
}

function speechOf({ speech }: HeldMessage): SignedMessage {
  return speech;
}

/** A life belongs to a key: another key's life of the same name is another one. */
function nameOf({ key, life }: SignedMessage['words']): string {
  return key + life;
}
