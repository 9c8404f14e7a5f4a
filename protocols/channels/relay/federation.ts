// A server among others: links, peers, stamps, censuses and addresses, joined; what was proven comes out at `heard`.

import { LIMITS } from '../../kit/limits.js';
import { earlier, never, type Instant } from '../../kit/machine.js';
import type { Dice, Primitives, SecretKey } from '../../kit/primitives.js';
import { signObject, type Signed } from '../../kit/signed.js';
import { peerFrameShape, type PayloadKind, type PeerFrame } from '../peer-protocol.js';
import { AddressBook } from './peers/address-book.js';
import { Bans } from './peers/bans.js';
import { Discovery } from './peers/discovery.js';
import { isExpected, type FingerprintOf } from './peers/expected-key.js';
import type { PeerLink, LinkOpening } from './peers/peer-link.js';
import { PeerLinks } from './peers/peer-links.js';
import { KnownPeers, type PeerEntry } from './peers/known-peers.js';
import type { FramePriority } from './peers/peer-queue.js';
import { validateEnvelope } from './envelopes/envelope-validation.js';
import { RemotePresence } from './envelopes/remote-presence.js';
import { Origins } from './envelopes/origins.js';
import { EnvelopeWriter, type Envelope } from './envelopes/envelope-writer.js';
import type { SignedMessage } from './messages/signed-message.js';
import type { ChannelRegistry } from './channels/channel-registry.js';
import type { RelayContext } from './relay-context.js';
import type { SavedPeer, PeerEndpoint } from './io.js';

export interface FederationOptions {
  readonly voice: RelayContext;
  readonly primitives: Primitives;
  readonly dice: Dice;
  readonly key: SecretKey;
  readonly boot: number;
  readonly listensAt: PeerEndpoint | null;
  readonly peers: readonly SavedPeer[];
  readonly wordsOf: FingerprintOf;
  readonly discovers: boolean;
  readonly square: ChannelRegistry;
  /** Something was said on another server. `peer`: who brought it. */
  readonly heard: (speech: SignedMessage, peer: string, now: Instant) => void;
}

const VERSIONS = [1];
const PRIORITIES: Readonly<Record<PayloadKind, FramePriority>> = {
  census: 'control',
  direct: 'direct',
  channel: 'channel',
};

export class Federation {
  readonly links: PeerLinks;
  readonly book: KnownPeers;
  readonly addresses: AddressBook;
  readonly bans = new Bans();
  readonly origins = new Origins();
  readonly censuses: RemotePresence;
  private readonly discovery: Discovery;
  private readonly stamping: EnvelopeWriter;
  private readonly server: string;
  private censusAt: Instant = 0;
  private isCensusWanted = false;
  private dials = 0;

  constructor(private readonly options: FederationOptions) {
    const { voice, key } = options;
    const server = key.publicKey;
    const nextDial = (): number => (this.dials += 1);
    this.server = server;
    this.stamping = new EnvelopeWriter(options);
    this.censuses = new RemotePresence((channel) => options.square.countChanged(channel));
    this.addresses = new AddressBook({ ...options, server });
    this.links = new PeerLinks({ voice, server, lost: (link, why, now) => this.lost(link, why, now) });
    const isLinked = (peer: string): boolean => this.links.to(peer) !== undefined;
    const othersWanted = (): number => this.discovery.peersWanted;
    this.book = new KnownPeers({ ...options, nextDial, isLinked, othersWanted }, options.peers);
    const { links, book, addresses, bans } = this;
    const isBanned = (peer: string, now: Instant): boolean => bans.has(peer, now);
    this.discovery = new Discovery({ ...options, links, book, addresses, nextDial, isBanned });
  }

  /** Something that was said here leaves for everybody who is linked. */
  say(kind: PayloadKind, cargo: Signed, now: Instant): void {
    const frame = this.stamping.frame(kind, cargo, now);
    this.links.spread(frame, PRIORITIES[kind], [], now);
  }

  open(opening: LinkOpening, now: Instant): void {
    const { peerKey, dial, link } = opening;
    const close = (): void => this.options.voice.want({ kind: 'peer_close', link });
    if (dial !== null && this.discovery.answered(dial, peerKey)) return close();
    const trouble = this.whyNot(opening, now);
    if (trouble === null) return this.greet(opening, now);
    close();
    const entry = dial === null ? undefined : this.book.dialledBy(dial);
    if (entry && trouble === 'PEER_SELF') this.book.drop(entry);
    else if (entry) this.book.failed(entry, trouble, 0, now);
  }

  dialFailed(dial: number, why: string, now: Instant): void {
    if (this.discovery.failed(dial)) return;
    const entry = this.book.dialledBy(dial);
    if (entry) this.book.failed(entry, why, 0, now);
  }

  drained(number: number, now: Instant): void {
    this.links.get(number)?.queue.drained(now);
  }

  closed(number: number, why: string, now: Instant): void {
    this.links.closed(number, why, now);
  }

  hear(number: number, frame: unknown, now: Instant): void {
    const link = this.links.get(number);
    if (link === undefined) return;
    if (!link.frames.take(now)) return this.options.voice.count('dropped_flood');
    this.links.heard(link, now);
    if (peerFrameShape.accepts(frame)) return this.hearFrame(link, frame, now);
    if (isExtension(frame) && link.state !== 'greeting') return;
    this.options.voice.count('dropped_malformed');
    this.links.cut(link, 'malformed', now);
  }

  wake(now: Instant): void {
    this.links.wake(now);
    this.book.wake(now);
    this.censuses.wake(now);
    this.discovery.wake(now);
    if (now >= (this.censusDueAt() ?? Infinity)) this.takeCensus(now);
  }

  wakeAt(): Instant | null {
    const peers = earlier(this.links.wakeAt(), this.book.wakeAt());
    return earlier(peers, earlier(earlier(this.censuses.wakeAt(), this.censusDueAt()), this.discovery.wakeAt()));
  }

  private whyNot({ peerKey, dial, from }: LinkOpening, now: Instant): string | null {
    if (peerKey === this.server) return 'PEER_SELF';
    const entry = dial === null ? undefined : this.book.dialledBy(dial);
    if (entry && !this.mayBe(entry, peerKey)) return 'PEER_KEY_CHANGED';
    if (dial !== null && entry === undefined) return 'not wanted any more';
    if (entry?.isManual) this.bans.lift(peerKey);
    if (this.bans.has(peerKey, now)) return 'banned';
    return this.links.isFull && !this.makeRoom(from, now) ? 'PEERS_FULL' : null;
  }

  private mayBe({ key }: PeerEntry, peerKey: string): boolean {
    return key === null || isExpected(key, peerKey, this.options.wordsOf);
  }

  /** Somebody of a crowded network goes, unless this one comes from there too. */
  private makeRoom(from: PeerEndpoint, now: Instant): boolean {
    const crowd = this.links.leastWelcome(({ dial, peerKey }) => dial !== null || this.book.isManual(peerKey));
    if (crowd === null || crowd.from.host === from.host) return false;
    this.links.cut(crowd, 'PEERS_FULL', now);
    return true;
  }

  private greet(opening: LinkOpening, now: Instant): void {
    const link = this.links.begin(opening, now);
    const address = this.discovery.ownAddress(now);
    this.links.send(link, { type: 'hello', versions: VERSIONS, features: [], address }, now);
  }

  private hearFrame(link: PeerLink, frame: PeerFrame, now: Instant): void {
    if ((frame.type === 'hello') !== (link.state === 'greeting')) {
      this.options.voice.count('dropped_malformed');
      return this.links.cut(link, 'out of turn', now);
    }
    switch (frame.type) {
      case 'hello':
        return this.agree(link, frame, now);
      case 'relay':
        return this.relay(link, frame, now);
      case 'addresses':
        return this.discovery.hear(link, frame.addresses, now) ? undefined : this.expose(link, now);
      case 'ping':
        return link.state === 'open' ? this.links.send(link, { type: 'pong' }, now) : undefined;
      case 'pong':
        return;
      default:
        return never(frame);
    }
  }

  private agree(link: PeerLink, hello: Extract<PeerFrame, { type: 'hello' }>, now: Instant): void {
    if (!hello.versions.some((version) => VERSIONS.includes(version))) return this.links.cut(link, 'version', now);
    if (hello.address && !this.discovery.hear(link, [hello.address], now)) return this.expose(link, now);
    const entry = link.dial === null ? undefined : this.book.dialledBy(link.dial);
    // Asked again: somebody may have said which key it must be while this link greeted.
    if (entry && !this.mayBe(entry, link.peerKey)) return this.links.cut(link, 'PEER_KEY_CHANGED', now);
    if (entry) {
      this.book.pin(entry, link.peerKey, now);
      this.addresses.verify(link.peerKey, entry.place);
    }
    this.links.welcome(link, now);
    this.isCensusWanted = true;
    const extra = this.discovery.tooMany();
    if (extra === null) return;
    for (const each of this.book.of(extra.peerKey)) this.book.drop(each);
    this.links.cut(extra, 'one too many', now);
  }

  private relay(link: PeerLink, frame: Envelope, now: Instant): void {
    const arrival = validateEnvelope(frame, { ...this.options, origins: this.origins, server: this.server }, now);
    if (arrival.is === 'forged') return this.expose(link, now);
    if (arrival.is === 'dropped') return this.options.voice.count(arrival.as);
    const { stamp, cargo } = arrival;
    const isNew = this.origins.take(stamp, frame.hops, link.peerKey, now);
    this.options.voice.count(isNew ? 'relayed' : 'relayed_again');
    this.passOn(frame, [link.peerKey, stamp.origin], now);
    if (!isNew) return; // heard before, as what came from too far to reach all
    if (cargo.kind === 'census') this.censuses.hear(cargo.census, stamp, link.peerKey, now);
    else this.options.heard(cargo, link.peerKey, now);
  }

  private passOn(frame: Envelope, except: readonly string[], now: Instant): void {
    if (frame.hops >= LIMITS.relayHopsMax) return;
    this.links.spread({ ...frame, hops: frame.hops + 1 }, PRIORITIES[frame.kind], except, now);
  }

  /** A forgery came by this link: its peer made it, or passes on what it did not look at. */
  private expose(link: PeerLink, now: Instant): void {
    this.options.voice.count('dropped_forged');
    this.options.voice.count('peers_cut');
    if (!this.book.isManual(link.peerKey)) this.bans.add(link.peerKey, link.network, now);
    this.links.cut(link, 'forgery', now);
  }

  private lost(link: PeerLink, why: string, now: Instant): void {
    const dialled = link.dial === null ? undefined : this.book.dialledBy(link.dial);
    const entries = new Set([...(dialled ? [dialled] : []), ...this.book.of(link.peerKey)]);
    const isLinked = this.links.to(link.peerKey) !== undefined;
    for (const entry of entries) {
      if (entry === dialled) entry.dial = null;
      if (isLinked || entry.dial !== null) continue;
      this.book.failed(entry, why, link.state === 'greeting' ? 0 : now - link.openedAt, now);
    }
  }

  private censusDueAt(): Instant | null {
    if (this.links.openCount === 0) return null;
    const { square } = this.options;
    const isNews = square.hasChanged || this.isCensusWanted;
    if (!isNews && square.size === 0) return null;
    return this.censusAt + (isNews ? LIMITS.presenceCountsMs : LIMITS.presenceCountsRepeatMs);
  }

  private takeCensus(now: Instant): void {
    const { square, key, primitives } = this.options;
    this.censusAt = now;
    this.isCensusWanted = false;
    square.hasChanged = false;
    const census = { origin: this.server, channels: square.largest() };
    this.say('census', signObject('census', census, key, primitives), now);
  }
}

/** Frames of later versions, which we need not understand [RELAY-2]. */
function isExtension(frame: unknown): boolean {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return false;
  return typeof frame.type === 'string' && frame.type.startsWith('x-');
}
