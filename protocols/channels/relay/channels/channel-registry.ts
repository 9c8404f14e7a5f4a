// The channels of this server: keeps their members, tells members who joins and leaves, and delivers messages.

import { LIMITS } from '../../../kit/limits.js';
import { assert, type Instant } from '../../../kit/machine.js';
import { Refusal } from '../../../kit/refusals.js';
import type { Signed } from '../../../kit/signed.js';
import type { ChannelServerFrame } from '../../client-protocol.js';
import type { RelayContext } from '../relay-context.js';
import { Channel, type ChannelMember } from './channel.js';

/** The number of members of a channel on other servers. */
export type CountElsewhere = (channel: string) => number;

type Presence = Omit<Extract<ChannelServerFrame, { type: 'joined' }>, 'type'>;

export class ChannelRegistry {
  /** True if a count has changed since the caller last reset this. */
  hasChanged = false;
  private readonly channels = new Map<string, Channel>();
  /** Channels whose members have yet to be told the new counts. */
  private readonly stale = new Set<Channel>();
  /** The number of open channels that each network created. */
  private readonly created = new Map<string, number>();
  private countsSentAt: Instant = 0;

  constructor(
    private readonly context: RelayContext,
    private readonly elsewhere: CountElsewhere,
  ) {}

  get size(): number {
    return this.channels.size;
  }

  /** The connections in a channel here. */
  membersOf(name: string): number {
    return this.channels.get(name)?.members.length ?? 0;
  }

  join(member: ChannelMember, name: string, network: string): Refusal | Channel {
    const channel = this.channels.get(name) ?? this.create(name, network);
    if (channel instanceof Refusal) return channel;
    if (!channel.has(member.client)) this.addMember(channel, member);
    this.context.sendTo(member.client, { type: 'joined', ...this.presence(channel) });
    return channel;
  }

  /** False if the member was not in the channel. */
  part(member: ChannelMember, name: string): boolean {
    const channel = this.channels.get(name);
    if (!channel?.has(member.client)) return false;
    const isGone = channel.remove(member);
    if (isGone) this.changed(channel);
    if (channel.isEmpty) this.close(channel);
    else if (isGone && !channel.isLarge)
      this.context.sendToAll(channel.members, { type: 'left', channel: name, key: member.key });
    return true;
  }

  /** Sends a message to all members of its channel here. */
  deliver(name: string, signed: Signed): void {
    const channel = this.channels.get(name);
    if (channel === undefined) return;
    this.context.count('heard', channel.members.length);
    this.context.sendToAll(channel.members, { type: 'heard', kind: 'channel', said: signed });
  }

  /** The count on other servers has changed. */
  countChanged(name: string): void {
    const channel = this.channels.get(name);
    if (channel) this.stale.add(channel);
  }

  /** The largest channels, for the presence counts that peers get. */
  largest(): { channel: string; count: number }[] {
    const all = [...this.channels.values()].map(({ name, count }) => ({ channel: name, count }));
    return all.sort((a, b) => b.count - a.count).slice(0, LIMITS.presenceCountsChannelsMax);
  }

  /** Sends changed counts, at most once a second. */
  wake(now: Instant): void {
    if (this.stale.size === 0 || now < this.countsSentAt + LIMITS.channelCountsIntervalMs) return;
    this.countsSentAt = now;
    for (const channel of this.stale) this.sendCounts(channel);
    this.stale.clear();
  }

  wakeAt(): Instant | null {
    return this.stale.size === 0 ? null : this.countsSentAt + LIMITS.channelCountsIntervalMs;
  }

  private create(name: string, network: string): Channel | Refusal {
    const created = this.created.get(network) ?? 0;
    if (this.channels.size >= LIMITS.channelsMax || created >= LIMITS.channelsPerNetwork)
      return new Refusal('CHANNELS_TOO_MANY', name);
    const channel = new Channel(name, network);
    this.channels.set(name, channel);
    this.created.set(network, created + 1);
    return channel;
  }

  private close(channel: Channel): void {
    const created = this.created.get(channel.creator) ?? 0;
    assert(created > 0, 'a channel counts against the network that created it');
    if (created === 1) this.created.delete(channel.creator);
    else this.created.set(channel.creator, created - 1);
    this.channels.delete(channel.name);
    this.stale.delete(channel);
  }

  private addMember(channel: Channel, member: ChannelMember): void {
    const others = channel.members;
    if (!channel.add(member)) return;
    this.changed(channel);
    if (channel.count > LIMITS.channelCardsMax) channel.isLarge = true;
    if (channel.isLarge) return;
    this.context.sendToAll(others, { type: 'came', channel: channel.name, card: member.card });
  }

  private changed(channel: Channel): void {
    this.hasChanged = true;
    if (channel.isLarge) this.stale.add(channel);
  }

  /** When a large channel is small again, its members get the whole list, because they have missed changes. */
  private sendCounts(channel: Channel): void {
    const isSmallAgain = channel.isLarge && channel.count <= LIMITS.channelCardsMax;
    if (isSmallAgain) channel.isLarge = false;
    const presence = this.presence(channel);
    const { channel: name, count, elsewhere } = presence;
    const counts: ChannelServerFrame = { type: 'counts', channel: name, count, elsewhere };
    this.context.sendToAll(channel.members, isSmallAgain ? { type: 'joined', ...presence } : counts);
  }

  private presence({ name, here, count }: Channel): Presence {
    return { channel: name, here, count, elsewhere: this.elsewhere(name) };
  }
}
