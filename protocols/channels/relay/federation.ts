// The federation side of a relay: joins links, known peers, envelopes, presence counts and discovery. It hands each
// valid message of another server to `onMessage`.

import { Budget } from '../../kit/bounds/budget.js';
import { LIMITS } from '../../kit/limits.js';
import { earlier, assertNever, type Instant } from '../../kit/machine.js';
import type { RandomSource, Primitives, SecretKey } from '../../kit/primitives.js';
import { signObject, type Signed } from '../../kit/signed.js';
import { peerFrameShape, type PayloadKind, type PeerFrame } from '../peer-protocol.js';
import { AddressBook } from './peers/address-book.js';
import { Bans } from './peers/bans.js';
import { Discovery } from './peers/discovery.js';
import { isExpected, type FingerprintOf } from './peers/expected-key.js';
import type { PeerLink, LinkOpening } from './peers/peer-link.js';
import { PeerLinks } from './peers/peer-links.js';
import { KnownPeers, type KnownPeer } from './peers/known-peers.js';
import type { FramePriority } from './peers/peer-queue.js';
import { validateEnvelope } from './envelopes/envelope-validation.js';
import { RemotePresence } from './envelopes/remote-presence.js';
import { Origins } from './envelopes/origins.js';
import { BootNotices } from './envelopes/boot-notices.js';
import { EnvelopeWriter, type Envelope } from './envelopes/envelope-writer.js';
import type { SignedMessage } from './messages/signed-message.js';
import type { ChannelRegistry } from './channels/channel-registry.js';
import type { RelayContext } from './relay-context.js';
import type { SavedPeer, PeerEndpoint } from './io.js';

/** The identity of a server, and how it links with other servers. */
export interface FederationSettings {
  readonly primitives: Primitives;
  readonly random: RandomSource;
  /** The key of this server. */
  readonly key: SecretKey;
  /** Higher than at every earlier start: peers reject the envelopes of a lower boot [RELAY-5]. */
  readonly boot: number;
  /** Where peers reach this server; null if it only dials. */
  readonly listensAt: PeerEndpoint | null;
  /** The peers that the last relay of this server saved, and those that the operator asks for. */
  readonly peers: readonly SavedPeer[];
  /** The fingerprint of a key, as an operator may give it instead of the key. */
  readonly fingerprintOf: FingerprintOf;
  /** True: the relay also links with servers that its peers know [RELAY-12]. */
  readonly isDiscoveryEnabled: boolean;
}

export interface FederationOptions extends FederationSettings {
  readonly context: RelayContext;
  readonly registry: ChannelRegistry;
  /** Receives each new message of another server. `peer`: the peer that delivered it. */
  readonly onMessage: (message: SignedMessage, peer: string, now: Instant) => void;
}

const VERSIONS = [2];
const PRIORITIES: Readonly<Record<PayloadKind, FramePriority>> = {
  census: 'control',
  direct: 'direct',
  channel: 'channel',
};

export class Federation {
  readonly links: PeerLinks;
  readonly knownPeers: KnownPeers;
  readonly addresses: AddressBook;
  readonly bans = new Bans();
  readonly origins = new Origins();
  readonly remotePresence: RemotePresence;
  private readonly discovery: Discovery;
  private readonly envelopes: EnvelopeWriter;
  private readonly bootNotices: BootNotices;
  private readonly server: string;
  private readonly networkFrames = Budget.ofNetworks(
    { each: LIMITS.peerFramesPerNetwork, all: null },
    LIMITS.budgetNetworksMax,
  );
  private countsSentAt: Instant = 0;
  private areCountsRequested = false;
  private dials = 0;

  constructor(private readonly options: FederationOptions) {
    const { context, key } = options;
    const server = key.publicKey;
    const nextDial = (): number => (this.dials += 1);
    this.server = server;
    this.envelopes = new EnvelopeWriter(options);
    this.remotePresence = new RemotePresence((channel) => options.registry.countChanged(channel));
    this.addresses = new AddressBook({ ...options, server });
    this.links = new PeerLinks({ context, server, onLost: (link, why, now) => this.onLost(link, why, now) });
    const isLinked = (peer: string): boolean => this.links.to(peer) !== undefined;
    const missingLinks = (): number => this.discovery.missingLinks;
    this.knownPeers = new KnownPeers({ ...options, nextDial, isLinked, missingLinks }, options.peers);
    const { links, knownPeers, addresses, bans } = this;
    const { origins, envelopes } = this;
    const onRaised = (now: Instant): void => this.publishAgain(now);
    this.bootNotices = new BootNotices({ ...options, server, links, origins, envelopes, onRaised });
    const isBanned = (peer: string, now: Instant): boolean => bans.has(peer, now);
    this.discovery = new Discovery({ ...options, links, knownPeers, addresses, nextDial, isBanned });
  }

  /** Sends a payload of this server to all peers. */
  publish(kind: PayloadKind, payload: Signed, now: Instant): void {
    const envelope = this.envelopes.write(kind, payload, now);
    this.links.broadcast(envelope, PRIORITIES[kind], [], now);
  }

  /** Peers refused what left under the old boot [RELAY-14]. */
  private publishAgain(now: Instant): void {
    for (const { kind, payload } of this.envelopes.takeRecent(now)) this.publish(kind, payload, now);
    this.sendCounts(now);
  }

  open(opening: LinkOpening, now: Instant): void {
    const { peerKey, dial, link } = opening;
    const close = (): void => this.options.context.emit({ type: 'peer_close', link });
    if (dial !== null && this.discovery.probeAnswered(dial, peerKey)) return close();
    const refusal = this.whyRefused(opening, now);
    if (refusal === null) return this.sendHello(opening, now);
    close();
    const entry = dial === null ? undefined : this.knownPeers.dialledBy(dial);
    if (entry && refusal === 'PEER_SELF') this.knownPeers.remove(entry);
    else if (entry) this.knownPeers.failed(entry, refusal, 0, now);
  }

  dialFailed(dial: number, why: string, now: Instant): void {
    if (this.discovery.probeFailed(dial)) return;
    const entry = this.knownPeers.dialledBy(dial);
    if (entry) this.knownPeers.failed(entry, why, 0, now);
  }

  drained(number: number, now: Instant): void {
    this.links.get(number)?.queue.drained(now);
  }

  closed(number: number, why: string, now: Instant): void {
    this.links.closed(number, why, now);
  }

  receive(number: number, frame: unknown, now: Instant): void {
    const link = this.links.get(number);
    if (link === undefined) return;
    if (!this.mayRead(link, now)) return this.options.context.count('dropped_flood');
    this.links.heardFrom(link, now);
    if (peerFrameShape.accepts(frame)) return this.receiveFrame(link, frame, now);
    if (isExtension(frame) && link.state !== 'handshake') return;
    this.options.context.count('dropped_malformed');
    this.links.cut(link, 'malformed', now);
  }

  /** One network may have many links, each with a key of its own. The operator asked for manual peers. */
  private mayRead(link: PeerLink, now: Instant): boolean {
    if (!link.frameRate.take(now)) return false;
    return this.knownPeers.isManual(link.peerKey) || this.networkFrames.spend(link.network, now) === 0;
  }

  wake(now: Instant): void {
    this.links.wake(now);
    this.knownPeers.wake(now);
    this.remotePresence.wake(now);
    this.discovery.wake(now);
    if (now >= (this.countsDueAt() ?? Infinity)) this.sendCounts(now);
  }

  wakeAt(): Instant | null {
    const peers = earlier(this.links.wakeAt(), this.knownPeers.wakeAt());
    return earlier(peers, earlier(earlier(this.remotePresence.wakeAt(), this.countsDueAt()), this.discovery.wakeAt()));
  }

  private whyRefused({ peerKey, dial, from }: LinkOpening, now: Instant): string | null {
    if (peerKey === this.server) return 'PEER_SELF';
    const entry = dial === null ? undefined : this.knownPeers.dialledBy(dial);
    if (entry && !this.hasExpectedKey(entry, peerKey)) return 'PEER_KEY_CHANGED';
    if (dial !== null && entry === undefined) return 'this peer was removed meanwhile';
    if (entry?.isManual) this.bans.lift(peerKey);
    if (this.bans.has(peerKey, now)) return 'banned';
    return this.links.isFull && !this.makeRoom(from, now) ? 'PEERS_FULL' : null;
  }

  private hasExpectedKey({ key }: KnownPeer, peerKey: string): boolean {
    return key === null || isExpected(key, peerKey, this.options.fingerprintOf);
  }

  /** Cuts a link from the network that has most links, unless the new link is from there too. */
  private makeRoom(from: PeerEndpoint, now: Instant): boolean {
    const evicted = this.links.evictable(({ dial, peerKey }) => dial !== null || this.knownPeers.isManual(peerKey));
    if (evicted === null || evicted.from.host === from.host) return false;
    this.links.cut(evicted, 'PEERS_FULL', now);
    return true;
  }

  private sendHello(opening: LinkOpening, now: Instant): void {
    const link = this.links.add(opening, now);
    const address = this.discovery.ownAddress(now);
    this.links.send(link, { type: 'hello', versions: VERSIONS, features: [], address }, now);
  }

  private receiveFrame(link: PeerLink, frame: PeerFrame, now: Instant): void {
    if ((frame.type === 'hello') !== (link.state === 'handshake')) {
      this.options.context.count('dropped_malformed');
      return this.links.cut(link, 'out of turn', now);
    }
    switch (frame.type) {
      case 'hello':
        return this.onHello(link, frame, now);
      case 'relay':
        return this.onEnvelope(link, frame, now);
      case 'addresses':
        return this.discovery.receive(link, frame.addresses, now) ? undefined : this.cutForForgery(link, now);
      case 'newer_boot':
        return this.bootNotices.receive(frame.stamp, now) ? undefined : this.cutForForgery(link, now);
      case 'ping':
        return link.state === 'open' ? this.links.send(link, { type: 'pong' }, now) : undefined;
      case 'pong':
        return;
      default:
        return assertNever(frame);
    }
  }

  private onHello(link: PeerLink, hello: Extract<PeerFrame, { type: 'hello' }>, now: Instant): void {
    if (!hello.versions.some((version) => VERSIONS.includes(version))) return this.links.cut(link, 'version', now);
    if (hello.address && !this.discovery.receive(link, [hello.address], now)) return this.cutForForgery(link, now);
    const entry = link.dial === null ? undefined : this.knownPeers.dialledBy(link.dial);
    // Checked again: the operator may have given the expected key during this handshake.
    if (entry && !this.hasExpectedKey(entry, link.peerKey)) return this.links.cut(link, 'PEER_KEY_CHANGED', now);
    if (entry) {
      this.knownPeers.pin(entry, link.peerKey, now);
      this.addresses.verify(link.peerKey, entry.endpoint);
    }
    this.links.establish(link, now);
    this.areCountsRequested = true;
    const surplus = this.discovery.surplusLink();
    if (surplus === null) return;
    for (const each of this.knownPeers.withKey(surplus.peerKey)) this.knownPeers.remove(each);
    this.links.cut(surplus, 'more links than needed', now);
  }

  private onEnvelope(link: PeerLink, envelope: Envelope, now: Instant): void {
    const verdict = validateEnvelope(envelope, { ...this.options, origins: this.origins, server: this.server }, now);
    if (verdict.type === 'forged') return this.cutForForgery(link, now);
    if (verdict.type === 'dropped') {
      if (verdict.header) this.bootNotices.refused(link, verdict.header, now);
      return this.options.context.count(verdict.why);
    }
    const { header, payload } = verdict;
    const isNew = this.origins.accept(header, envelope, link.peerKey, now);
    this.options.context.count(isNew ? 'relayed' : 'relayed_again');
    this.forward(envelope, [link.peerKey, header.origin], now);
    if (!isNew) return; // delivered before; only forwarded again, over a shorter path [RELAY-7]
    if (payload.type === 'census') this.remotePresence.accept(payload.counts, header, link.peerKey, now);
    else this.options.onMessage(payload, link.peerKey, now);
  }

  private forward(envelope: Envelope, except: readonly string[], now: Instant): void {
    if (envelope.hops >= LIMITS.relayHopsMax) return;
    this.links.broadcast({ ...envelope, hops: envelope.hops + 1 }, PRIORITIES[envelope.kind], except, now);
  }

  /** Cuts the link of a peer that made a forgery, or forwarded one without validating it [RELAY-6]. */
  private cutForForgery(link: PeerLink, now: Instant): void {
    this.options.context.count('dropped_forged');
    this.options.context.count('peers_cut');
    if (!this.knownPeers.isManual(link.peerKey)) this.bans.add(link.peerKey, link.network, now);
    this.links.cut(link, 'forgery', now);
  }

  private onLost(link: PeerLink, why: string, now: Instant): void {
    const dialled = link.dial === null ? undefined : this.knownPeers.dialledBy(link.dial);
    const entries = new Set([...(dialled ? [dialled] : []), ...this.knownPeers.withKey(link.peerKey)]);
    const isLinked = this.links.to(link.peerKey) !== undefined;
    for (const entry of entries) {
      if (entry === dialled) entry.dial = null;
      if (isLinked || entry.dial !== null) continue;
      this.knownPeers.failed(entry, why, link.state === 'handshake' ? 0 : now - link.openedAt, now);
    }
  }

  private countsDueAt(): Instant | null {
    if (this.links.openCount === 0) return null;
    const { registry } = this.options;
    const hasNews = registry.hasChanged || this.areCountsRequested;
    if (!hasNews && registry.size === 0) return null;
    return this.countsSentAt + (hasNews ? LIMITS.presenceCountsMs : LIMITS.presenceCountsRepeatMs);
  }

  private sendCounts(now: Instant): void {
    const { registry, key, primitives } = this.options;
    this.countsSentAt = now;
    this.areCountsRequested = false;
    registry.hasChanged = false;
    const counts = { origin: this.server, channels: registry.largest() };
    this.publish('census', signObject('census', counts, key, primitives), now);
  }
}

/** Optional frames of later versions, which a server ignores [RELAY-2]. */
function isExtension(frame: unknown): boolean {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return false;
  return typeof frame.type === 'string' && frame.type.startsWith('x-');
}
