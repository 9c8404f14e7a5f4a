// The channels that the client has joined. It joins them again after each interruption (VISIT-5).

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
  /** The connection on which we joined; null while we are not in. */
  connection: number | null;
  /** Since when messages are lost although we had joined; null if none are. */
  missingSince: Instant | null;
  joins: JoinRequest[];
}

/** The presence that the server reports when we join. */
interface Joined {
  readonly channel: string;
  readonly here: readonly Participant[];
  readonly count: number;
  readonly elsewhere: number;
}

const channelShape = compileShape(NameText);

export class Memberships {
  private readonly wanted = new Map<string, Membership>();
  /** How many `parted` are expected, by channel. Frames before them belong to a membership that we gave up. */
  private readonly parting = new Map<string, number>();

  constructor(
    private readonly context: ChannelClientContext,
    private readonly connection: ServerConnection,
  ) {}

  join(ref: number, channel: string): void {
    const isChannel: boolean = channelShape.accepts(channel);
    if (!isChannel) return this.context.refuseWith(ref, 'CHANNEL_INVALID', channel.slice(0, 40));
    const { refusal } = this.connection;
    if (refusal) return this.context.refuse(ref, refusal);
    const membership = this.wanted.get(channel) ?? this.begin(channel);
    if (!membership || membership.joins.length >= LIMITS.channelClientWaitingMax) {
      return this.context.refuseWith(ref, 'CHANNELS_TOO_MANY', channel);
    }
    membership.joins.push({ ref, until: this.context.now + LIMITS.channelClientWaitMs });
    this.connection.send({ type: 'join', channel });
  }

  /** Takes effect at once: nothing of the channel is reported from here on. */
  part(ref: number, channel: string): void {
    const membership = this.wanted.get(channel);
    if (!membership) return this.context.refuseWith(ref, 'CHANNEL_NOT_IN', channel);
    this.drop(channel, membership, new Refusal('CHANNEL_NOT_IN', channel));
    if (this.connection.openConnection !== null) {
      this.parting.set(channel, (this.parting.get(channel) ?? 0) + 1);
      this.connection.send({ type: 'part', channel });
    }
    this.context.answer(ref, { ok: true, type: 'parted' });
  }

  /** True iff we are in the channel or joining it. */
  isWanted(channel: string): boolean {
    return this.wanted.has(channel);
  }

  /** True iff we are in the channel on the open connection. */
  isIn(channel: string): boolean {
    const connection = this.wanted.get(channel)?.connection ?? null;
    return connection !== null && connection === this.connection.openConnection;
  }

  find(key: string): Participant | null {
    for (const { list } of this.wanted.values()) {
      const participant = list.find(key);
      if (participant) return participant;
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
      if (membership.connection !== null) membership.missingSince ??= since;
      membership.connection = null;
    }
  }

  /** Refuses pending joins. Channels we were in are joined again once we are connected. */
  refused(refusal: Refusal): void {
    for (const [channel, membership] of this.wanted) {
      if (membership.missingSince === null) this.drop(channel, membership, refusal);
      else this.answerAll(membership, refusal);
    }
  }

  joined(connection: number, { channel, here, ...counts }: Joined): void {
    const membership = this.wanted.get(channel);
    if (!membership || this.parting.has(channel) || this.connection.openConnection !== connection) return;
    const { list, missingSince, joins } = membership;
    membership.connection = connection;
    membership.missingSince = null;
    membership.joins = [];
    list.replace(here, counts);
    const presence = list.shown;
    for (const { ref } of joins) this.context.answer(ref, { ok: true, type: 'joined', presence });
    this.context.report({ type: 'presence', presence });
    if (missingSince !== null)
      this.context.report({ type: 'missed', channel, awayMs: this.context.now - missingSince });
  }

  /** Without a request of ours, the server has removed us; we join again. */
  parted(channel: string): void {
    const expected = this.parting.get(channel) ?? 0;
    if (expected > 1) return void this.parting.set(channel, expected - 1);
    if (this.parting.delete(channel)) return;
    const membership = this.wanted.get(channel);
    if (!membership || membership.connection === null) return;
    membership.connection = null;
    membership.missingSince ??= this.context.now;
    this.connection.send({ type: 'join', channel });
  }

  /** True iff the error is about a channel: a refused join or part. */
  error(channel: string, refusal: Refusal): boolean {
    if (this.parting.has(channel)) {
      this.parted(channel);
      return true;
    }
    const membership = this.wanted.get(channel);
    if (!membership) return false;
    if (membership.connection !== null) this.answerAll(membership, refusal);
    else if (membership.missingSince === null) this.drop(channel, membership, refusal);
    else this.removedBy(channel, membership, refusal);
    return true;
  }

  /** Changes the list of a channel we are in, and reports it. */
  update(channel: string, change: (list: PresenceList) => void): void {
    const list = this.wanted.get(channel)?.list;
    if (!list || !this.isIn(channel)) return;
    change(list);
    this.context.report({ type: 'presence', presence: list.shown });
  }

  wakeAt(): Instant | null {
    let at: Instant | null = null;
    for (const { joins } of this.wanted.values()) at = earlier(at, joins[0]?.until ?? null);
    return at;
  }

  /** Refuses joins that have waited too long. The membership stays wanted. */
  wake(): void {
    for (const membership of this.wanted.values()) {
      const due = membership.joins.filter(({ until }) => until <= this.context.now);
      membership.joins = membership.joins.slice(due.length);
      for (const { ref } of due) this.context.refuse(ref, this.connection.awayRefusal());
    }
  }

  private begin(channel: string): Membership | null {
    if (this.wanted.size >= LIMITS.channelsPerClient) return null;
    const membership: Membership = { list: new PresenceList(channel), connection: null, missingSince: null, joins: [] };
    this.wanted.set(channel, membership);
    return membership;
  }

  private drop(channel: string, membership: Membership, refusal: Refusal): void {
    this.wanted.delete(channel);
    this.answerAll(membership, refusal);
  }

  private removedBy(channel: string, membership: Membership, refusal: Refusal): void {
    this.drop(channel, membership, refusal);
    this.context.report({ type: 'removed', channel, refusal });
  }

  private answerAll(membership: Membership, refusal: Refusal): void {
    for (const { ref } of membership.joins) this.context.refuse(ref, refusal);
    membership.joins = [];
  }
}
