// What stands in the log of a channel or of a conversation with one person: the newest, as much as one can scroll
// through. Nothing of it is kept when the page is left.

import type { Participant } from '../../protocols/channels/client/io.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';

/**
 * What became of something of ours. `sent`: its server has taken it; `delivered`: the other has confirmed it end to
 * end; `heard`: it came back from the server, as everybody has it.
 */
export type SendStatus =
  | { type: 'sending' | 'sent' | 'delivered' | 'confirmed' }
  /** `why`: a sentence that says what to do. */
  | { type: 'refused'; why: string };

export type MessageLine = {
  readonly type: 'text';
  /** Unique in the page. */
  readonly id: string;
  readonly from: Participant;
  readonly text: string;
  readonly at: Instant;
} & ({ readonly isMine: false } | { readonly isMine: true; readonly status: SendStatus });

/** What the page itself has to say: that we were away, that something is not as it should be. */
export interface NoteLine {
  readonly type: 'note';
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

export type LogLine = MessageLine | NoteLine;

/** With one more at the end. Where there are too many, or too much in them, the oldest give way; ours last, if open. */
export function withLine(lines: readonly LogLine[], line: LogLine): readonly LogLine[] {
  const kept = [...lines];
  let letters = kept.reduce((sum, { text }) => sum + text.length, line.text.length);
  while (
    kept.length >= LIMITS.pageLinesPerConversation ||
    (letters > LIMITS.pageCharactersPerConversation && kept.length > 0)
  ) {
    const at = kept.findIndex((one) => !isOpen(one));
    const [gone] = kept.splice(Math.max(at, 0), 1);
    letters -= gone?.text.length ?? 0;
  }
  return [...kept, line];
}

/** It may still be said, or said again: ours, on its way or refused. */
function isOpen(line: LogLine): boolean {
  return isSending(line) || statusOf(line) === 'refused';
}

/** Ours, and on its way. */
export function isSending(line: LogLine): boolean {
  return statusOf(line) === 'sending';
}

function statusOf(line: LogLine): SendStatus['type'] | null {
  return line.type === 'text' && line.isMine ? line.status.type : null;
}

export function withoutLine(lines: readonly LogLine[], id: string): readonly LogLine[] {
  return lines.filter((line) => line.id !== id);
}

/** With another status for one of ours; `at`: the time it bears now, `id`: its name now, where those changed. */
export function withStatus(lines: readonly LogLine[], id: string, change: StatusChange): readonly LogLine[] {
  return lines.map((line) => (line.id === id && line.type === 'text' && line.isMine ? { ...line, ...change } : line));
}

export interface StatusChange {
  readonly status: SendStatus;
  readonly at?: Instant;
  readonly id?: string;
}
