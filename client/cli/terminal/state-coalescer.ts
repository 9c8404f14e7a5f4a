// Coalesces state changes of your messages: only the last state of each counts, and equal ones make one line.

import { MESSAGE_STATES, type MessageState } from '../../../protocols/control/commands/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { StateChange } from '../draw/answers/messages.js';

interface MessageStatus {
  readonly to: string;
  readonly state: MessageState;
}

export class StateCoalescer {
  private readonly pending = new Map<string, MessageStatus>();
  private readonly texts = new Map<string, string>();

  /** A message was sent; its text is shown if it stays the only one of its line. */
  sent(id: string, text: string, status: MessageStatus): void {
    keep(this.texts, id, text);
    this.changed(id, status);
  }

  /** A state never replaces a later one that waits to be shown. */
  changed(id: string, status: MessageStatus): void {
    const before = this.pending.get(id);
    if (!before || rank(before.state) <= rank(status.state)) keep(this.pending, id, status);
  }

  /** All changes since the last call, coalesced. */
  take(): StateChange[] {
    const lines = new Map<string, StateChange>();
    for (const [id, { to, state }] of this.pending) {
      const key = `${state} ${to}`;
      const before = lines.get(key);
      const text = before ? null : (this.texts.get(id) ?? null);
      lines.set(key, { to, state, count: (before?.count ?? 0) + 1, text });
    }
    this.pending.clear();
    return [...lines.values()];
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
