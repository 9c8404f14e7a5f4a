// Coalesces state changes of your messages: only the last state of each counts, and equal ones make one line.

import { MESSAGE_STATES, type MessageState } from '../../../../protocols/control/commands/messages.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { StateChange } from '../../draw/answers/messages.js';

interface MessageStatus {
  readonly to: string;
  readonly state: MessageState;
}

export class StateCoalescer {
  private readonly pending = new Map<string, MessageStatus>();

  /** A state never replaces a later one that waits to be shown. */
  changed(id: string, status: MessageStatus): void {
    const before = this.pending.get(id);
    if (before && isLater(before.state, status.state)) return;
    this.pending.set(id, status);
    if (this.pending.size <= LIMITS.stateChangesCoalescedMax) return;
    const [oldest] = this.pending.keys();
    if (oldest !== undefined) this.pending.delete(oldest);
  }

  /** The state of a message that waits to be shown. */
  pendingOf(id: string): MessageState | null {
    return this.pending.get(id)?.state ?? null;
  }

  /** The state is shown in another way. */
  forget(id: string): void {
    this.pending.delete(id);
  }

  /** All changes since the last call, coalesced. */
  take(): Omit<StateChange, 'text'>[] {
    const lines = new Map<string, Omit<StateChange, 'text'>>();
    for (const { to, state } of this.pending.values()) {
      const key = `${state} ${to}`;
      lines.set(key, { to, state, count: (lines.get(key)?.count ?? 0) + 1 });
    }
    this.pending.clear();
    return [...lines.values()];
  }
}

/** True if `state` comes later than `than`. */
export function isLater(state: MessageState, than: MessageState): boolean {
  return MESSAGE_STATES.indexOf(state) > MESSAGE_STATES.indexOf(than);
}
