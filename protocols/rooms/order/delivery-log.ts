// What a server knows by having delivered: how far it is, what came from whom, who is where, and the latest messages.

import { LIMITS } from '../../kit/limits.js';
import type { OrderedMessage } from './message.js';
import { Occupants, type Occupant } from './occupants.js';

/** How far a server delivered. A new `generation` begins where all state was lost [VIEW-8]. */
export interface LogPosition {
  readonly generation: number;
  readonly count: number;
}

/** The number of the last message delivered of a server, and its boot then. */
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

  /** The number of the last message delivered of a server at this boot; 0 where none was. */
  lastOf(server: number, boot: number): number {
    const origin = this.senders.get(server);
    return origin?.boot === boot ? origin.nth : 0;
  }

  /** Counts a message as delivered. False where that had happened before, in another view [ORDER-6]. */
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

  /** What was delivered meanwhile is not to be had any more. */
  skipTo(count: number): void {
    if (count <= this.count) return;
    this.count = count;
    this.recent = [];
    this.recentBytes = 0;
  }

  state(): DeliveryState {
    return { position: this.position, senders: [...this.senders.values()], occupants: this.occupants.all() };
  }

  /** What a server at that position lacks, as far as it is remembered; of another generation it lacks everything. */
  since({ generation, count }: LogPosition): readonly OrderedMessage[] {
    if (generation !== this.generation) return this.recent;
    return count < this.count ? this.recent.slice(-(this.count - count)) : [];
  }

  /** Remembers what was delivered before this ledger began, so that whoever missed it finds it here too. */
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

  /** Now and then, so that each message costs little. */
  private trim(): void {
    let from = Math.max(0, this.recent.length - LIMITS.roomRecentMax);
    let bytes = this.recent.slice(from).reduce((sum, { operation }) => sum + operation.text.length, 0);
    for (; bytes > LIMITS.roomRecentBytes; from += 1) bytes -= this.recent[from]?.operation.text.length ?? 0;
    this.recent = this.recent.slice(from);
    this.recentBytes = bytes;
  }
}

export const EMPTY_STATE: DeliveryState = { position: { generation: 0, count: 0 }, senders: [], occupants: [] };
