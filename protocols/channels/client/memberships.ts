// The channels we want to be in: joined when we say so, and again after each time we were away (VISIT-5).

import { LIMITS } from '../../kit/limits.js';
import { earlier, type Instant } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import { compileShape, NameText } from '../../kit/shapes.js';
import type { ServerConnection } from './server-connection.js';
import { PresenceList } from './presence-list.js';
import type { ChannelClientContext } from './client-context.js';
import type { ChannelPresence, Participant } from './io.js';

interface JoinRequest {
  readonly ref: number;
  readonly until: Instant;
}

interface Membership {
  readonly list: PresenceList;
  /** By which door we are in; null where we are not. */
  door: number | null;
  /** Since when we hear nothing of it though we were in; null where we hear all, or never were in. */
  missingSince: Instant | null;
  joins: JoinRequest[];
}

/** Who is in, as a server says it when we come in. */
interface Joined {
  readonly channel: string;
  readonly here: readonly Participant[];
  readonly count: number;
  readonly elsewhere: number;
}

const channelShape = compileShape(NameText);

export class Memberships {
  private readonly wanted = new Map<string, Membership>();
  /** How many `parted` we still expect, by channel: until then, what comes is of a membership we gave up. */
  private readonly parting = new Map<string, number>();

  constructor(
    private readonly turn: ChannelClientContext,
    private readonly connection: ServerConnection,
  ) {}

  join(ref: number, channel: string): void {
    const isChannel: boolean = channelShape.accepts(channel);
    if (!isChannel) return this.turn.refuseWith(ref, 'CHANNEL_INVALID', channel.slice(0, 40));
    const { refusal } = this.connection;
    if (refusal) return this.turn.refuse(ref, refusal);
    const membership = this.wanted.get(channel) ?? this.begin(channel);
    if (!membership || membership.joins.length >= LIMITS.channelClientWaitingMax) {
      return this.turn.refuseWith(ref, 'CHANNELS_TOO_MANY', channel);
    }
    membership.joins.push({ ref, until: this.turn.now + LIMITS.channelClientWaitMs });
    this.connection.send({ type: 'join', channel });
  }

  /** Done at once: from here on nothing of it is shown, whatever the server says. */
  part(ref: number, channel: string): void {
    const membership = this.wanted.get(channel);
    if (!membership) return this.turn.refuseWith(ref, 'CHANNEL_NOT_IN', channel);
    this.drop(channel, membership, new Refusal('CHANNEL_NOT_IN', channel));
    if (this.connection.openDoor !== null) {
      this.parting.set(channel, (this.parting.get(channel) ?? 0) + 1);
      this.connection.send({ type: 'part', channel });
    }
    this.turn.answer(ref, { ok: true, done: 'parted' });
  }

  /** True iff we wish to be in it, in this moment or as soon as that can be. */
  isWanted(channel: string): boolean {
    return this.wanted.has(channel);
  }

  /** True iff we are in it, by the door that is open. */
  isIn(channel: string): boolean {
    const door = this.wanted.get(channel)?.door ?? null;
    return door !== null && door === this.connection.openDoor;
  }

  find(key: string): Participant | null {
    for (const { list } of this.wanted.values()) {
      const visitor = list.find(key);
      if (visitor) return visitor;
    }
    return null;
  }

  shown(): ChannelPresence[] {
    return [...this.wanted.values()].map(({ list }) => list.shown);
  }

  opened(): void {
    for (const channel of this.wanted.keys()) this.connection.send({ type: 'join', channel });
  }

  lost(since: Instant): void {
    this.parting.clear();
    for (const membership of this.wanted.values()) {
      if (membership.door !== null) membership.missingSince ??= since;
      membership.door = null;
    }
  }

  /** Nothing will come of what waits. Channels we were in are joined again once we are back. */
  refused(refusal: Refusal): void {
    for (const [channel, membership] of this.wanted) {
      if (membership.missingSince === null) this.drop(channel, membership, refusal);
      else this.answerAll(membership, refusal);
    }
  }

  joined(door: number, { channel, here, ...counts }: Joined): void {
    const membership = this.wanted.get(channel);
    if (!membership || this.parting.has(channel) || this.connection.openDoor !== door) return;
    const { list, missingSince, joins } = membership;
    membership.door = door;
    membership.missingSince = null;
    membership.joins = [];
    list.replace(here, counts);
    const presence = list.shown;
    for (const { ref } of joins) this.turn.answer(ref, { ok: true, done: 'joined', presence });
    this.turn.tell({ news: 'presence', presence });
    if (missingSince !== null) this.turn.tell({ news: 'missed', channel, awayMs: this.turn.now - missingSince });
  }

  /** One we did not ask for: the server put us out, and we ask to be let in again. */
  parted(channel: string): void {
    const expected = this.parting.get(channel) ?? 0;
    if (expected > 1) return void this.parting.set(channel, expected - 1);
    if (this.parting.delete(channel)) return;
    const membership = this.wanted.get(channel);
    if (!membership || membership.door === null) return;
    membership.door = null;
    membership.missingSince ??= this.turn.now;
    this.connection.send({ type: 'join', channel });
  }

  /** True iff it was about a channel: a join that was refused, or a part. */
  error(channel: string, refusal: Refusal): boolean {
    if (this.parting.has(channel)) {
      this.parted(channel);
      return true;
    }
    const membership = this.wanted.get(channel);
    if (!membership) return false;
    if (membership.door !== null) this.answerAll(membership, refusal);
    else if (membership.missingSince === null) this.drop(channel, membership, refusal);
    else this.lose(channel, membership, refusal);
    return true;
  }

  /** Changes the list of a channel we are in, and tells it. */
  update(channel: string, change: (list: PresenceList) => void): void {
    const list = this.wanted.get(channel)?.list;
    if (!list || !this.isIn(channel)) return;
    change(list);
    this.turn.tell({ news: 'presence', presence: list.shown });
  }

  wakeAt(): Instant | null {
    let at: Instant | null = null;
    for (const { joins } of this.wanted.values()) at = earlier(at, joins[0]?.until ?? null);
    return at;
  }

  /** Refuses what has waited for too long; we go on wanting to be in. */
  wake(): void {
    for (const membership of this.wanted.values()) {
      const due = membership.joins.filter(({ until }) => until <= this.turn.now);
      membership.joins = membership.joins.slice(due.length);
      for (const { ref } of due) this.turn.refuse(ref, this.connection.awayRefusal());
    }
  }

  private begin(channel: string): Membership | null {
    if (this.wanted.size >= LIMITS.channelsPerClient) return null;
    const membership: Membership = { list: new PresenceList(channel), door: null, missingSince: null, joins: [] };
    this.wanted.set(channel, membership);
    return membership;
  }

  private drop(channel: string, membership: Membership, refusal: Refusal): void {
    this.wanted.delete(channel);
    this.answerAll(membership, refusal);
  }

  private lose(channel: string, membership: Membership, refusal: Refusal): void {
    this.drop(channel, membership, refusal);
    this.turn.tell({ news: 'lost', channel, refusal });
  }

  private answerAll(membership: Membership, refusal: Refusal): void {
    for (const { ref } of membership.joins) this.turn.refuse(ref, refusal);
    membership.joins = [];
  }
}
