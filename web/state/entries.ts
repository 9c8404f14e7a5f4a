// What stands in the log of a channel or of a conversation with one person: the newest, as many as one can scroll
// through. Nothing of it is kept when the page is left.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';

/**
 * `sent`: its server has taken it; `delivered`: the other has confirmed it end to end; `heard`: it came from the
 * server, ours too.
 */
export type Fate =
  | { state: 'heard' | 'sending' | 'sent' | 'delivered' }
  /** `why`: a sentence that says what to do. */
  | { state: 'refused'; why: string };

export interface TextEntry {
  readonly kind: 'text';
  /** Unique in the page. */
  readonly id: string;
  readonly from: Visitor;
  readonly text: string;
  readonly at: Instant;
  readonly isMine: boolean;
  readonly fate: Fate;
}

/** What the page itself has to say: that we were away, that something is not as it should be. */
export interface NoteEntry {
  readonly kind: 'note';
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

export type Entry = TextEntry | NoteEntry;

/**
 * With one more. Where there are too many, or too much in them, the oldest give way; never those of ours whose fate is
 * open.
 */
export function withEntry(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  const kept = [...entries, entry];
  let letters = kept.reduce((sum, { text }) => sum + text.length, 0);
  while (kept.length > LIMITS.pageEntriesPerPlace || letters > LIMITS.pageLettersPerPlace) {
    const at = kept.findIndex((one) => !isOpen(one));
    const [gone] = kept.splice(at < 0 ? 0 : at, 1);
    letters -= gone?.text.length ?? letters;
  }
  return kept;
}

/** It may still be said, or said again: ours, on its way or refused. */
function isOpen(entry: Entry): boolean {
  return entry.kind === 'text' && (entry.fate.state === 'sending' || entry.fate.state === 'refused');
}

export function withoutEntry(entries: readonly Entry[], id: string): readonly Entry[] {
  return entries.filter((entry) => entry.id !== id);
}

/** With another fate for one text; `at`: the time it bears now, where that changed. */
export function withFate(entries: readonly Entry[], id: string, change: FateChange): readonly Entry[] {
  return entries.map((entry) => (entry.id === id && entry.kind === 'text' ? { ...entry, ...change } : entry));
}

export interface FateChange {
  readonly fate: Fate;
  readonly at?: Instant;
}
