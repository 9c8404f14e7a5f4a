// What stands in the log of a channel or of a conversation with one person: the newest, as much as one can scroll
// through. Nothing of it is kept when the page is left.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';

/**
 * What became of something of ours. `sent`: its server has taken it; `delivered`: the other has confirmed it end to
 * end; `heard`: it came back from the server, as everybody has it.
 */
export type Fate =
  | { state: 'sending' | 'sent' | 'delivered' | 'heard' }
  /** `why`: a sentence that says what to do. */
  | { state: 'refused'; why: string };

export type TextLine = {
  readonly kind: 'text';
  /** Unique in the page. */
  readonly id: string;
  readonly from: Visitor;
  readonly text: string;
  readonly at: Instant;
} & ({ readonly isMine: false } | { readonly isMine: true; readonly fate: Fate });

/** What the page itself has to say: that we were away, that something is not as it should be. */
export interface NoteLine {
  readonly kind: 'note';
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

export type Line = TextLine | NoteLine;

/** With one more at the end. Where there are too many, or too much in them, the oldest give way; ours last, if open. */
export function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  const kept = [...lines];
  let letters = kept.reduce((sum, { text }) => sum + text.length, line.text.length);
  while (kept.length >= LIMITS.pageLinesPerPlace || (letters > LIMITS.pageLettersPerPlace && kept.length > 0)) {
    const at = kept.findIndex((one) => !isOpen(one));
    const [gone] = kept.splice(Math.max(at, 0), 1);
    letters -= gone?.text.length ?? 0;
  }
  return [...kept, line];
}

/** It may still be said, or said again: ours, on its way or refused. */
function isOpen(line: Line): boolean {
  return isSending(line) || fateOf(line) === 'refused';
}

/** Ours, and on its way. */
export function isSending(line: Line): boolean {
  return fateOf(line) === 'sending';
}

function fateOf(line: Line): Fate['state'] | null {
  return line.kind === 'text' && line.isMine ? line.fate.state : null;
}

export function withoutLine(lines: readonly Line[], id: string): readonly Line[] {
  return lines.filter((line) => line.id !== id);
}

/** With another fate for one of ours; `at`: the time it bears now, `id`: its name now, where those changed. */
export function withFate(lines: readonly Line[], id: string, change: FateChange): readonly Line[] {
  return lines.map((line) => (line.id === id && line.kind === 'text' && line.isMine ? { ...line, ...change } : line));
}

export interface FateChange {
  readonly fate: Fate;
  readonly at?: Instant;
  readonly id?: string;
}
