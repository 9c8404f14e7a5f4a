// The state that deliveries produce: the position, the last operation of each server, the occupants of all rooms, and
// the most recent messages for servers that missed them.

import { LIMITS } from '../../kit/limits.js';
import type { OrderedMessage } from './message.js';
import { Occupants, type Occupant } from './occupants.js';

/** Number of delivered messages. A new `generation` starts after all state was lost [VIEW-8]. */
export interface LogPosition {
  readonly generation: number;
  readonly count: number;
}

/** The last delivered operation of a server: its number, at which boot. */
export interface SenderProgress {
  readonly server: number;
  readonly boot: number;
  readonly nth: number;
}

export interface DeliveryState {
  readonly position: LogPosition;
  readonly senders: readonly SenderProgress[];
  readonly occupants: readonly Occupant[];
}

export class DeliveryLog {
  readonly generation: number;
  readonly occupants: Occupants;
  private count: number;
  private readonly senders = new Map<number, SenderProgress>();
  private recent: OrderedMessage[] = [];
  private recentBytes = 0;

  constructor(state: DeliveryState) {
    this.generation = state.position.generation;
    this.count = state.position.count;
    this.occupants = new Occupants(state.occupants);
    for (const origin of state.senders) this.senders.set(origin.server, origin);
  }

  get position(): LogPosition {
    return { generation: this.generation, count: this.count };
  }

  /** The number of the last delivered operation of a server at this boot; 0 if none. */
  lastOf(server: number, boot: number): number {
    const origin = this.senders.get(server);
    return origin?.boot === boot ? origin.nth : 0;
  }

  /** Records a delivery. False if it was delivered in an earlier view already [ORDER-6]. */
  deliver(message: OrderedMessage): boolean {
    const { from, boot, nth, operation } = message;
    const before = this.senders.get(from);
    if (before && (before.boot > boot || (before.boot === boot && before.nth >= nth))) return false;
    this.senders.set(from, { server: from, boot, nth });
    this.count += 1;
    if (operation.type === 'occupancy') this.occupants.update(from, operation);
    this.remember(message);
    return true;
  }

  /** Moves past messages that no other server holds any more. */
  skipTo(count: number): void {
    if (count <= this.count) return;
    this.count = count;
    this.recent = [];
    this.recentBytes = 0;
  }

  state(): DeliveryState {
    return { position: this.position, senders: [...this.senders.values()], occupants: this.occupants.all() };
  }

  /** The messages after that position, as far as they are kept; all of them for another generation. */
  since({ generation, count }: LogPosition): readonly OrderedMessage[] {
    if (generation !== this.generation) return this.recent;
    return count < this.count ? this.recent.slice(-(this.count - count)) : [];
  }

  /** Keeps messages delivered before this log started, for other servers that missed them too. */
  rememberAll(messages: readonly OrderedMessage[]): void {
    for (const message of messages) this.remember(message);
  }

  get recentMessages(): readonly OrderedMessage[] {
    return this.recent;
  }

  private remember(message: OrderedMessage): void {
    this.recent.push(message);
    this.recentBytes += message.operation.text.length;
    if (this.recent.length < 2 * LIMITS.roomRecentMax && this.recentBytes < 2 * LIMITS.roomRecentBytes) return;
    this.trim();
  }

  /** Called only once the buffer has doubled: constant cost per message. */
  private trim(): void {
    let from = Math.max(0, this.recent.length - LIMITS.roomRecentMax);
    let bytes = this.recent.slice(from).reduce((sum, { operation }) => sum + operation.text.length, 0);
    for (; bytes > LIMITS.roomRecentBytes; from += 1) bytes -= this.recent[from]?.operation.text.length ?? 0;
    this.recent = this.recent.slice(from);
    this.recentBytes = bytes;
  }
}

export const EMPTY_STATE: DeliveryState = { position: { generation: 0, count: 0 }, senders: [], occupants: [] };
