// Folds the states of my messages: only the last state of each counts, and messages of one kind make one line.

import { MESSAGE_STATES, type MessageState } from '../../../protocols/control/commands/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { StateChange } from '../draw/answers/messages.js';

interface Known {
  readonly to: string;
  readonly state: MessageState;
}

export class StateFold {
  private readonly news = new Map<string, Known>();
  private readonly texts = new Map<string, string>();

  /** A message of mine was taken up. */
  said(id: string, text: string, known: Known): void {
    keep(this.texts, id, text);
    this.changed(id, known);
  }

  /** A state never takes back a later one that waits to be shown. */
  changed(id: string, known: Known): void {
    const before = this.news.get(id);
    if (!before || rank(before.state) <= rank(known.state)) keep(this.news, id, known);
  }

  /** Everything since the last time, folded. */
  take(): StateChange[] {
    const folded = new Map<string, StateChange>();
    for (const [id, { to, state }] of this.news) {
      const key = `${state} ${to}`;
      const before = folded.get(key);
      const text = before ? null : (this.texts.get(id) ?? null);
      folded.set(key, { to, state, count: (before?.count ?? 0) + 1, text });
    }
    this.news.clear();
    return [...folded.values()];
  }
}

function rank(state: MessageState): number {
  return MESSAGE_STATES.indexOf(state);
}

function keep<T>(map: Map<string, T>, id: string, value: T): void {
  map.set(id, value);
  if (map.size <= LIMITS.stateChangesCoalescedMax) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
