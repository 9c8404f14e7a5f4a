// The clients of a relay, from challenge to close: it verifies entries, handles joins and parts, and accepts messages.

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { FairMap } from '../../../kit/bounds/fair-map.js';
import { networkPrefixOf } from '../../../kit/bounds/network-prefix.js';
import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { toBase64url } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, assertNever, type Instant } from '../../../kit/machine.js';
import type { RandomSource, Primitives } from '../../../kit/primitives.js';
import { Refusal } from '../../../kit/refusals.js';
import { channelClientFrameShape, type ChannelClientFrame } from '../../client-protocol.js';
import type { SequenceTracker } from '../messages/sequence-tracker.js';
import type { SignedMessage } from '../messages/signed-message.js';
import type { ChannelRegistry } from '../channels/channel-registry.js';
import type { RelayContext } from '../relay-context.js';
import { Keepalive } from './keepalive.js';
import { verifyEntry, type VerifiedEntry } from './entry-proof.js';
import { KeyIndex } from './key-index.js';
import { checkMessage } from './message-check.js';

export interface RelayClientsOptions {
  readonly context: RelayContext;
  readonly registry: ChannelRegistry;
  readonly sequences: SequenceTracker;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  /** The public key of this server. */
  readonly server: string;
  readonly ownersOf: (name: string) => readonly string[] | null;
  readonly messagesPerSecond: number;
  readonly messagesBurst: number;
  /** Receives each new message of a client of this server, once its signature was verified. */
  readonly onMessage: (message: SignedMessage, network: string, now: Instant) => void;
}

interface PendingClient {
  readonly state: 'handshake';
  readonly challenge: string;
  readonly network: string;
}
interface EnteredClient {
  readonly state: 'entered';
  readonly entry: VerifiedEntry;
  readonly network: string;
  readonly channels: Set<string>;
  readonly messageRate: TokenBucket;
  readonly frameRate: TokenBucket;
}
type Frame<T extends ChannelClientFrame['type']> = Extract<ChannelClientFrame, { type: T }>;

export class RelayClients {
  private readonly clients = new Map<number, PendingClient | EnteredClient>();
  private readonly handshakes = new FairMap<number>(LIMITS.channelClientsEnteringMax);
  private readonly entryDeadlines = new Deadlines(LIMITS.channelEntryMs);
  private readonly keepalive = new Keepalive();
  private readonly keys = new KeyIndex();

  constructor(private readonly options: RelayClientsOptions) {}

  get size(): number {
    return this.clients.size;
  }

  open(client: number, address: string, now: Instant): void {
    const { context, random, server } = this.options;
    if (this.clients.size >= LIMITS.channelClientsMax) return this.refuseAndClose(client, new Refusal('SERVER_BUSY'));
    const network = networkPrefixOf(address);
    const challenge = toBase64url(random.bytes(32));
    this.clients.set(client, { state: 'handshake', challenge, network });
    this.entryDeadlines.start(client, now);
    const evicted = this.handshakes.put(String(client), client, network);
    if (evicted) this.end(evicted.value, new Refusal('SERVER_BUSY'));
    context.sendTo(client, { type: 'challenge', challenge, server });
  }

  receive(client: number, frame: unknown, now: Instant): void {
    const known = this.clients.get(client);
    if (known === undefined) return;
    if (!channelClientFrameShape.accepts(frame)) return this.end(client, new Refusal('MALFORMED', 'the frame'));
    if (known.state === 'entered') return this.receiveFrame(client, known, frame, now);
    if (frame.type !== 'enter') return this.end(client, new Refusal('MALFORMED', 'the first frame is the entry'));
    this.enter(client, known, frame, now);
  }

  close(client: number): void {
    const known = this.clients.get(client);
    this.clients.delete(client);
    this.handshakes.delete(String(client));
    this.entryDeadlines.stop(client);
    this.keepalive.stop(client);
    if (known?.state !== 'entered') return;
    this.keys.remove(known.entry.card.key, client);
    for (const channel of known.channels) this.options.registry.part(memberOf(client, known), channel);
  }

  /** A direct message reaches all connections of a key [CHAN-10]. */
  deliverDirect({ content, signed }: Extract<SignedMessage, { type: 'direct' }>): void {
    const clients = this.keys.of(content.to);
    this.options.context.count('heard', clients.length);
    this.options.context.sendToAll(clients, { type: 'heard', kind: 'direct', said: signed });
  }

  wake(now: Instant): void {
    for (const client of this.entryDeadlines.due(now)) this.end(client, new Refusal('TIMEOUT', 'the entry'));
    for (const client of this.keepalive.silent(now)) this.end(client, new Refusal('TIMEOUT', 'a frame or a pong'));
    this.options.context.sendToAll(this.keepalive.toPing(now), { type: 'ping' });
  }

  wakeAt(): Instant | null {
    return earlier(this.entryDeadlines.next(), this.keepalive.next());
  }

  private enter(client: number, { challenge, network }: PendingClient, frame: Frame<'enter'>, now: Instant): void {
    const { context, messagesPerSecond, messagesBurst } = this.options;
    const entry = verifyEntry(frame, { ...this.options, challenge });
    if (entry instanceof Refusal) {
      context.count('refused_entries');
      return this.end(client, entry);
    }
    this.handshakes.delete(String(client));
    this.entryDeadlines.stop(client);
    this.keepalive.start(client, now);
    this.keys.add(entry.card.key, client);
    const messageRate = new TokenBucket({ perSecond: messagesPerSecond, burst: messagesBurst }, now);
    const frameRate = new TokenBucket(FRAMES, now);
    this.clients.set(client, { state: 'entered', entry, network, channels: new Set(), messageRate, frameRate });
    context.count('entered');
    context.sendTo(client, { type: 'welcome', pingMs: LIMITS.channelClientPingMs });
  }

  private receiveFrame(client: number, entered: EnteredClient, frame: ChannelClientFrame, now: Instant): void {
    this.keepalive.heardFrom(client, now);
    if (frame.type === 'say') return this.acceptMessage(client, entered, frame, now);
    if (!entered.frameRate.take(now)) return this.end(client, new Refusal('CHANNEL_TOO_FAST', 'a second'));
    switch (frame.type) {
      case 'pong':
        return;
      case 'join':
        return this.join(client, entered, frame.channel);
      case 'part':
        return this.part(client, entered, frame.channel);
      case 'enter':
        return this.end(client, new Refusal('MALFORMED', 'a second entry'));
      default:
        return assertNever(frame);
    }
  }

  private join(client: number, entered: EnteredClient, channel: string): void {
    const { channels, network } = entered;
    const isFull = !channels.has(channel) && channels.size >= LIMITS.channelsPerClient;
    const joined = isFull
      ? new Refusal('CHANNELS_TOO_MANY', channel)
      : this.options.registry.join(memberOf(client, entered), channel, network);
    if (joined instanceof Refusal) this.options.context.refuse(client, joined);
    else channels.add(channel);
  }

  private part(client: number, entered: EnteredClient, channel: string): void {
    const { context, registry } = this.options;
    if (!entered.channels.delete(channel)) return context.refuse(client, new Refusal('CHANNEL_NOT_IN', channel));
    registry.part(memberOf(client, entered), channel);
    context.sendTo(client, { type: 'parted', channel });
  }

  private acceptMessage(client: number, entered: EnteredClient, frame: Frame<'say'>, now: Instant): void {
    const { context, sequences, primitives } = this.options;
    const verdict = checkMessage(entered, frame, { sequences, primitives, now });
    // Refused and repeated messages count against the frame rate: a client must not make the server check without end.
    if (verdict.type !== 'new' && !entered.frameRate.take(now))
      return this.end(client, new Refusal('CHANNEL_TOO_FAST', 'a second'));
    if (verdict.type === 'refused') {
      context.count('refused_said');
      return context.refuse(client, verdict.why, verdict.counter ?? undefined);
    }
    const life = entered.entry.session;
    const counter = verdict.type === 'new' ? verdict.message.content.counter : verdict.counter;
    context.sendTo(client, { type: 'taken', life, counter });
    if (verdict.type !== 'new') return;
    context.count('said');
    this.options.onMessage(verdict.message, entered.network, now);
  }

  private end(client: number, why: Refusal): void {
    this.refuseAndClose(client, why);
    this.close(client);
  }

  private refuseAndClose(client: number, why: Refusal): void {
    this.options.context.refuse(client, why);
    this.options.context.emit({ type: 'client_close', client });
  }
}

const FRAMES = { perSecond: LIMITS.channelClientFramesPerSecond, burst: LIMITS.channelClientFramesBurst };

function memberOf(client: number, { entry }: EnteredClient) {
  return { client, key: entry.card.key, card: entry.signedCard };
}
