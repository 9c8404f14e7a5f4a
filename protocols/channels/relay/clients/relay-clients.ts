// The clients of a relay, from challenge to close: it verifies entries, handles joins and parts, and accepts messages.

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { FairMap } from '../../../kit/bounds/fair-map.js';
import { FairPlaces } from '../../../kit/bounds/fair-places.js';
import { networkPrefixOf } from '../../../kit/bounds/network-prefix.js';
import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, assertNever, type Instant } from '../../../kit/machine.js';
import type { RandomSource, Primitives, SecretKey } from '../../../kit/primitives.js';
import { Refusal } from '../../../kit/refusals.js';
import { answerHello } from '../../../kit/server-proof/server-proof.js';
import type { ServerProof } from '../../../kit/server-proof/messages.js';
import { CHANNEL_VERSION, channelClientFrameShape, type ChannelClientFrame } from '../../client-protocol.js';
import type { SequenceTracker } from '../messages/sequence-tracker.js';
import type { SignedMessage } from '../messages/signed-message.js';
import type { ChannelRegistry } from '../channels/channel-registry.js';
import type { RelayContext } from '../relay-context.js';
import { Keepalive } from './keepalive.js';
import { verifyEntry, type VerifiedEntry } from './entry-proof.js';
import { DeliveryBudget } from './delivery-budget.js';
import { KeyIndex } from './key-index.js';
import { checkMessage } from './message-check.js';

export interface RelayClientsOptions {
  readonly context: RelayContext;
  readonly registry: ChannelRegistry;
  readonly sequences: SequenceTracker;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  readonly serverKey: SecretKey;
  /** True iff this server speaks for the origin (session, SESS-23). */
  readonly isOwnOrigin: (origin: string) => boolean;
  readonly ownersOf: (name: string) => readonly string[] | null;
  readonly messagesPerSecond: number;
  readonly messagesBurst: number;
  readonly clientsPerNetworkMax: number;
  /** Receives each new message of a client of this server, once its signature was verified. */
  readonly onMessage: (message: SignedMessage, network: string, now: Instant) => void;
}

interface PendingClient {
  readonly state: 'handshake';
  readonly network: string;
  /** Of the TLS connection; null without TLS 1.3. */
  readonly exporter: string | null;
  /** What this server has signed; null before the hello. */
  readonly offer: ServerProof | null;
}
/** A connection whose handshake begins. `address`: without port. */
export interface OpenedClient {
  readonly client: number;
  readonly address: string;
  readonly exporter: string | null;
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
  private readonly places: FairPlaces;
  private readonly handshakes = new FairMap<number>(LIMITS.channelClientsEnteringMax);
  private readonly entryDeadlines = new Deadlines(LIMITS.channelEntryMs);
  private readonly keepalive = new Keepalive();
  private readonly keys = new KeyIndex();
  private readonly deliveries: DeliveryBudget;

  constructor(private readonly options: RelayClientsOptions) {
    this.places = new FairPlaces({ placesMax: LIMITS.channelClientsMax, perOwnerMax: options.clientsPerNetworkMax });
    this.deliveries = new DeliveryBudget(options.clientsPerNetworkMax !== Infinity);
  }

  get size(): number {
    return this.clients.size;
  }

  open({ client, address, exporter }: OpenedClient, now: Instant): void {
    const network = networkPrefixOf(address);
    const place = this.places.take(client, network);
    if (place.type === 'refused') return this.refuseAndClose(client, new Refusal('SERVER_BUSY'));
    if (place.evicted !== null) this.end(place.evicted, new Refusal('SERVER_BUSY'));
    this.clients.set(client, { state: 'handshake', network, exporter, offer: null });
    this.entryDeadlines.start(client, now);
    const evicted = this.handshakes.put(String(client), client, network);
    if (evicted) this.end(evicted.value, new Refusal('SERVER_BUSY'));
  }

  receive(client: number, frame: unknown, now: Instant): void {
    const known = this.clients.get(client);
    if (known === undefined) return;
    if (!channelClientFrameShape.accepts(frame)) return this.end(client, new Refusal('MALFORMED', 'the frame'));
    if (known.state === 'entered') return this.receiveFrame(client, known, frame, now);
    this.receiveHandshake(client, known, frame, now);
  }

  close(client: number): void {
    const known = this.clients.get(client);
    this.clients.delete(client);
    this.places.leave(client);
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

  private receiveHandshake(client: number, pending: PendingClient, frame: ChannelClientFrame, now: Instant): void {
    const { network, offer } = pending;
    if (frame.type === 'hello' && offer === null) this.challenge(client, pending, frame);
    else if (frame.type === 'enter' && offer !== null) this.enter(client, { network, offer }, frame, now);
    else this.end(client, new Refusal('MALFORMED', 'the frames before the entry'));
  }

  private challenge(client: number, pending: PendingClient, hello: Frame<'hello'>): void {
    const { exporter } = pending;
    const answer = answerHello(hello, {
      ...this.options,
      ...{ type: 'channel_offer', version: CHANNEL_VERSION, exporter },
    });
    if (answer instanceof Refusal) return this.end(client, answer);
    this.clients.set(client, { ...pending, offer: answer.offer });
    this.options.context.sendTo(client, answer.frame);
  }

  private enter(
    client: number,
    { network, offer }: { network: string; offer: ServerProof },
    frame: Frame<'enter'>,
    now: Instant,
  ): void {
    const { context, messagesPerSecond, messagesBurst } = this.options;
    const entry = verifyEntry(frame, { ...this.options, offer });
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
        return this.join(client, entered, frame.channel, now);
      case 'part':
        return this.part(client, entered, frame.channel);
      case 'hello':
      case 'enter':
        return this.end(client, new Refusal('MALFORMED', 'a second entry'));
      default:
        return assertNever(frame);
    }
  }

  private join(client: number, entered: EnteredClient, channel: string, now: Instant): void {
    const { channels, network } = entered;
    if (this.deliveries.spendJoin(network, this.options.registry.membersOf(channel), now) > 0)
      return this.end(client, new Refusal('CHANNEL_TOO_FAST', 'a second'));
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
    const charge = (message: SignedMessage): number =>
      this.deliveries.spendMessage(entered.network, this.receiversOf(message), now);
    const verdict = checkMessage({ ...entered, charge }, frame, { sequences, primitives, now });
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

  private receiversOf(message: SignedMessage): number {
    if (message.type === 'direct') return this.keys.of(message.content.to).length;
    return this.options.registry.membersOf(message.content.channel);
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
