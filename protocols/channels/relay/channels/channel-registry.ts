// The channels of this server: who is in which, who is told so, and whom what was said reaches.

import { LIMITS } from '../../../kit/limits.js';
import { assert, type Instant } from '../../../kit/machine.js';
import { Refusal } from '../../../kit/refusals.js';
import type { Signed } from '../../../kit/signed.js';
import type { ChannelServerFrame } from '../../client-protocol.js';
import type { RelayContext } from '../relay-context.js';
import { Channel, type ChannelMember } from './channel.js';

/** How many are in a channel on other servers. */
export type CountElsewhere = (channel: string) => number;

type Presence = Omit<Extract<ChannelServerFrame, { type: 'joined' }>, 'type'>;

export class ChannelRegistry {
  /** True where a count has changed since it was last taken. */
  hasChanged = false;
  private readonly channels = new Map<string, Channel>();
  private readonly stale = new Set<Channel>();
  /** How many channels each network founded. */
  private readonly founded = new Map<string, number>();
  private toldAt: Instant = 0;

  constructor(
    private readonly voice: RelayContext,
    private readonly elsewhere: CountElsewhere,
  ) {}

  get size(): number {
    return this.channels.size;
  }

  join(member: ChannelMember, name: string, network: string): Refusal | Channel {
    const channel = this.channels.get(name) ?? this.found(name, network);
    if (channel instanceof Refusal) return channel;
    if (!channel.has(member.visitor)) this.admit(channel, member);
    this.voice.tell(member.visitor, { type: 'joined', ...this.presence(channel) });
    return channel;
  }

  /** False where one was not in it. */
  part(member: ChannelMember, name: string): boolean {
    const channel = this.channels.get(name);
    if (!channel?.has(member.visitor)) return false;
    const isGone = channel.remove(member);
    if (isGone) this.changed(channel);
    if (channel.isEmpty) this.close(channel);
    else if (isGone && !channel.isLarge)
      this.voice.tellAll(channel.members, { type: 'left', channel: name, key: member.key });
    return true;
  }

  /** Everybody in the channel hears it. */
  hear(name: string, said: Signed): void {
    const channel = this.channels.get(name);
    if (channel === undefined) return;
    this.voice.count('heard', channel.members.length);
    this.voice.tellAll(channel.members, { type: 'heard', kind: 'channel', said });
  }

  /** Counts elsewhere are not what they were. */
  countChanged(name: string): void {
    const channel = this.channels.get(name);
    if (channel) this.stale.add(channel);
  }

  /** The largest channels, for the census. */
  largest(): { channel: string; count: number }[] {
    const all = [...this.channels.values()].map(({ name, count }) => ({ channel: name, count }));
    return all.sort((a, b) => b.count - a.count).slice(0, LIMITS.presenceCountsChannelsMax);
  }

  /** Tells counts that have changed, not more often than each second. */
  wake(now: Instant): void {
    if (this.stale.size === 0 || now < this.toldAt + LIMITS.channelCountsMs) return;
    this.toldAt = now;
    for (const channel of this.stale) this.tellCounts(channel);
    this.stale.clear();
  }

  wakeAt(): Instant | null {
    return this.stale.size === 0 ? null : this.toldAt + LIMITS.channelCountsMs;
  }

  private found(name: string, network: string): Channel | Refusal {
    const founded = this.founded.get(network) ?? 0;
    if (this.channels.size >= LIMITS.channelsMax || founded >= LIMITS.channelsPerNetwork)
      return new Refusal('CHANNELS_TOO_MANY', name);
    const channel = new Channel(name, network);
    this.channels.set(name, channel);
    this.founded.set(network, founded + 1);
    return channel;
  }

  private close(channel: Channel): void {
    const founded = this.founded.get(channel.founder) ?? 0;
    assert(founded > 0, 'a channel is charged to whoever founded it');
    if (founded === 1) this.founded.delete(channel.founder);
    else this.founded.set(channel.founder, founded - 1);
    this.channels.delete(channel.name);
    this.stale.delete(channel);
  }

  private admit(channel: Channel, member: ChannelMember): void {
    const others = channel.members;
    if (!channel.add(member)) return;
    this.changed(channel);
    if (channel.count > LIMITS.channelCardsMax) channel.isLarge = true;
    if (channel.isLarge) return;
    this.voice.tellAll(others, { type: 'came', channel: channel.name, card: member.card });
  }

  private changed(channel: Channel): void {
    this.hasChanged = true;
    if (channel.isLarge) this.stale.add(channel);
  }

  /** Where a large channel is small again, who is here is told anew: nobody knows it any more. */
  private tellCounts(channel: Channel): void {
    const isSmallAgain = channel.isLarge && channel.count <= LIMITS.channelCardsMax;
    if (isSmallAgain) channel.isLarge = false;
    const presence = this.presence(channel);
    const { channel: name, count, elsewhere } = presence;
    const counts: ChannelServerFrame = { type: 'counts', channel: name, count, elsewhere };
    this.voice.tellAll(channel.members, isSmallAgain ? { type: 'joined', ...presence } : counts);
  }

  private presence({ name, here, count }: Channel): Presence {
    return { channel: name, here, count, elsewhere: this.elsewhere(name) };
  }
}
