// What a server knows by having delivered: how far it is, what came from whom, who is where, and the latest messages.

import { LIMITS } from '../../kit/limits.js';
import type { Message } from './message.js';
import { Roster, type Guest } from './roster.js';

/** How far a server delivered. A new `generation` begins where all state was lost [VIEW-8]. */
export interface Position {
  readonly generation: number;
  readonly count: number;
}

/** The number of the last message delivered of a server, and its boot then. */
export interface Origin {
  readonly server: number;
  readonly boot: number;
  readonly nth: number;
}

export interface LedgerState {
  readonly position: Position;
  readonly origins: readonly Origin[];
  readonly guests: readonly Guest[];
}

export class Ledger {
  readonly generation: number;
  readonly roster: Roster;
  private count: number;
  private readonly origins = new Map<number, Origin>();
  private recent: Message[] = [];
  private recentBytes = 0;

  constructor(state: LedgerState) {
    this.generation = state.position.generation;
    this.count = state.position.count;
    this.roster = new Roster(state.guests);
    for (const origin of state.origins) this.origins.set(origin.server, origin);
  }

  get position(): Position {
    return { generation: this.generation, count: this.count };
  }

  /** The number of the last message delivered of a server at this boot; 0 where none was. */
  lastOf(server: number, boot: number): number {
    const origin = this.origins.get(server);
    return origin?.boot === boot ? origin.nth : 0;
  }

  /** Counts a message as delivered. False where that had happened before, in another view [ORDER-6]. */
  deliver(message: Message): boolean {
    const { from, boot, nth, operation } = message;
    const before = this.origins.get(from);
    if (before && (before.boot > boot || (before.boot === boot && before.nth >= nth))) return false;
    this.origins.set(from, { server: from, boot, nth });
    this.count += 1;
    if (operation.kind === 'place') this.roster.place(from, operation);
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

  state(): LedgerState {
    return { position: this.position, origins: [...this.origins.values()], guests: this.roster.all() };
  }

  /** What a server at that position lacks, as far as it is remembered; of another generation it lacks everything. */
  since({ generation, count }: Position): readonly Message[] {
    if (generation !== this.generation) return this.recent;
    return count < this.count ? this.recent.slice(-(this.count - count)) : [];
  }

  /** Remembers what was delivered before this ledger began, so that whoever missed it finds it here too. */
  rememberAll(messages: readonly Message[]): void {
    for (const message of messages) this.remember(message);
  }

  get latest(): readonly Message[] {
    return this.recent;
  }

  private remember(message: Message): void {
    this.recent.push(message);
    this.recentBytes += message.operation.text.length;
    if (this.recent.length < 2 * LIMITS.roomRecentMax && this.recentBytes < 2 * LIMITS.roomRecentBytes) return;
    this.forgetSome();
  }

  /** Now and then, so that each message costs little. */
  private forgetSome(): void {
    let from = Math.max(0, this.recent.length - LIMITS.roomRecentMax);
    let bytes = this.recent.slice(from).reduce((sum, { operation }) => sum + operation.text.length, 0);
    for (; bytes > LIMITS.roomRecentBytes; from += 1) bytes -= this.recent[from]?.operation.text.length ?? 0;
    this.recent = this.recent.slice(from);
    this.recentBytes = bytes;
  }
}

export const NO_STATE: LedgerState = { position: { generation: 0, count: 0 }, origins: [], guests: [] };
