// Up to which seq nothing is missing in our store, by friend and device (SPEC CHAT-19).

import type { RecoveredMessage } from '../../../protocols/chat/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { StoredState } from '../core/store.js';

/**
 * Messages of ours that wait may have seqs that were taken, and remembered ones may stand where a proven one belongs.
 */
const UNSETTLED: readonly StoredState[] = ['queued', 'held', 'remembered'];

/** Of the friends who are asked in this run. */
export class CompleteLanes {
  private readonly byFriend = new Map<string, Map<string, number>>();

  constructor(private readonly context: Context) {}

  /** The end of each lane, by device. */
  of(user: string): ReadonlyMap<string, number> {
    return this.endsOf(user);
  }

  /** The store has changed. */
  forget(user: string): void {
    this.byFriend.delete(user);
  }

  /** Moves the ends of the lanes forward. False where the batch moves none. */
  advance(user: string, messages: readonly RecoveredMessage[]): boolean {
    const ends = this.endsOf(user);
    const further = messages.filter(({ device, seq }) => seq > (ends.get(device) ?? 0));
    for (const { device, seq } of further) ends.set(device, Math.max(seq, ends.get(device) ?? 0));
    return further.length > 0;
  }

  private endsOf(user: string): Map<string, number> {
    const known = this.byFriend.get(user);
    if (known) return known;
    const lanes = this.context.store.lanes(user).map((device) => [device, this.endOf(user, device)] as const);
    const ends = new Map(lanes);
    this.byFriend.set(user, ends);
    return ends;
  }

  /** Messages after a gap may be older than our knowledge that the copy is stale. */
  private endOf(user: string, device: string): number {
    for (let upTo = 0; ;) {
      const page = this.context.store.laneAfter(user, device, upTo, LIMITS.messagesPerLetter);
      const end = page.findIndex(({ seq, state }, at) => seq !== upTo + at + 1 || UNSETTLED.includes(state));
      if (end >= 0) return upTo + end;
      if (page.length === 0) return upTo;
      upTo += page.length;
    }
  }
}
