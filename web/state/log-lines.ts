// The lines in the log of one conversation: the newest messages and notes, within a bound. They live only as long as
// the page is open.

import type { Participant } from '../../protocols/channels/client/io.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';

/**
 * The status of a message of ours. `sent`: the server accepted it. `delivered`: the recipient confirmed it end to end.
 * `confirmed`: the server sent it to everyone in the channel, us included.
 */
export type SendStatus =
  | { type: 'sending' | 'sent' | 'delivered' | 'confirmed' }
  /** `why`: a sentence that says what to do. */
  | { type: 'refused'; why: string };

export type MessageLine = {
  readonly type: 'message';
  /** Unique in the page. */
  readonly id: string;
  readonly from: Participant;
  readonly text: string;
  readonly at: Instant;
} & ({ readonly isMine: false } | { readonly isMine: true; readonly status: SendStatus });

/** A line that the page itself writes, for example that we were disconnected. */
export interface NoteLine {
  readonly type: 'note';
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

export type LogLine = MessageLine | NoteLine;

/**
 * Appends a line. Beyond the bound on lines or characters it removes the oldest lines; messages of ours that are still
 * being sent, or that were refused, go last.
 */
export function withLine(lines: readonly LogLine[], line: LogLine): readonly LogLine[] {
  const kept = [...lines];
  let characters = kept.reduce((sum, { text }) => sum + text.length, line.text.length);
  while (
    kept.length >= LIMITS.pageLinesPerConversation ||
    (characters > LIMITS.pageCharactersPerConversation && kept.length > 0)
  ) {
    const at = kept.findIndex((candidate) => !isUnsettled(candidate));
    const [removed] = kept.splice(Math.max(at, 0), 1);
    characters -= removed?.text.length ?? 0;
  }
  return [...kept, line];
}

/** True for a message of ours that may still be sent, or sent again. */
function isUnsettled(line: LogLine): boolean {
  return isSending(line) || statusOf(line) === 'refused';
}

/** True for a message of ours that the server has not answered yet. */
export function isSending(line: LogLine): boolean {
  return statusOf(line) === 'sending';
}

function statusOf(line: LogLine): SendStatus['type'] | null {
  return line.type === 'message' && line.isMine ? line.status.type : null;
}

export function withoutLine(lines: readonly LogLine[], id: string): readonly LogLine[] {
  return lines.filter((line) => line.id !== id);
}

/** Changes the status of a message of ours. */
export function withStatus(lines: readonly LogLine[], id: string, change: StatusChange): readonly LogLine[] {
  return lines.map((line) =>
    line.id === id && line.type === 'message' && line.isMine ? { ...line, ...change } : line,
  );
}

/** `at`: the time the server gave it; `id`: its id from now on. */
export interface StatusChange {
  readonly status: SendStatus;
  readonly at?: Instant;
  readonly id?: string;
}
