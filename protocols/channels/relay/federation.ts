// A server among others: links, peers, stamps, censuses and addresses, joined; what was proven comes out at `heard`.

import { LIMITS } from '../../kit/limits.js';
import { earlier, never, type Instant } from '../../kit/machine.js';
import type { Dice, Primitives, SecretKey } from '../../kit/primitives.js';
import { signObject, type Signed } from '../../kit/signed.js';
import { peerFrameShape, type CargoKind, type PeerFrame } from '../peering.js';
import { AddressBook } from './peers/address-book.js';
import { Bans } from './peers/bans.js';
import { Discovery } from './peers/discovery.js';
import { isExpected, type WordsOf } from './peers/expected-key.js';
import type { Link, Opening } from './peers/link.js';
import { Links } from './peers/links.js';
import { PeerBook, type Entry } from './peers/peer-book.js';
import type { Priority } from './peers/peer-queue.js';
import { judgeArrival } from './relayed/arrival.js';
import { Censuses } from './relayed/censuses.js';
import { Origins } from './relayed/origins.js';
import { Stamping, type RelayFrame } from './relayed/stamping.js';
import type { Speech } from './speech/speech.js';
import type { Square } from './square/square.js';
import type { Voice } from './voice.js';
import type { KeptPeer, PeerPlace } from './world.js';

export interface FederationOptions {
  readonly voice: Voice;
  readonly primitives: Primitives;
  readonly dice: Dice;
  readonly key: SecretKey;
  readonly boot: number;
  readonly listensAt: PeerPlace | null;
  readonly peers: readonly KeptPeer[];
  readonly wordsOf: WordsOf;
  readonly discovers: boolean;
  readonly square: Square;
  /** Something was said on another server. `peer`: who brought it. */
  readonly heard: (speech: Speech, peer: string, now: Instant) => void;
}

const VERSIONS = [1];
const PRIORITIES: Readonly<Record<CargoKind, Priority>> = { census: 'control', direct: 'direct', channel: 'channel' };

export class Federation {
  readonly links: Links;
  readonly book: PeerBook;
  readonly addresses: AddressBook;
  readonly bans = new Bans();
  readonly origins = new Origins();
  readonly censuses: Censuses;
  private readonly discovery: Discovery;
  private readonly stamping: Stamping;
  private readonly server: string;
  private censusAt: Instant = 0;
  private isCensusWanted = false;
  private dials = 0;

  constructor(private readonly options: FederationOptions) {
    const { voice, key } = options;
    const server = key.publicKey;
    const nextDial = (): number => (this.dials += 1);
    this.server = server;
    this.stamping = new Stamping(options);
    this.censuses = new Censuses((channel) => options.square.countChanged(channel));
    this.addresses = new AddressBook({ ...options, server });
    this.links = new Links({ voice, server, lost: (link, why, now) => this.lost(link, why, now) });
    const isLinked = (peer: string): boolean => this.links.to(peer) !== undefined;
    const othersWanted = (): number => this.discovery.peersWanted;
    this.book = new PeerBook({ ...options, nextDial, isLinked, othersWanted }, options.peers);
    const { links, book, addresses, bans } = this;
    const isBanned = (peer: string, now: Instant): boolean => bans.has(peer, now);
    this.discovery = new Discovery({ ...options, links, book, addresses, nextDial, isBanned });
  }

  /** Something that was said here leaves for everybody who is linked. */
  say(kind: CargoKind, cargo: Signed, now: Instant): void {
    const frame = this.stamping.frame(kind, cargo, now);
    this.links.spread(frame, PRIORITIES[kind], [], now);
  }

  open(opening: Opening, now: Instant): void {
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

  private whyNot({ peerKey, dial, from }: Opening, now: Instant): string | null {
    if (peerKey === this.server) return 'PEER_SELF';
    const entry = dial === null ? undefined : this.book.dialledBy(dial);
    if (entry && !this.mayBe(entry, peerKey)) return 'PEER_KEY_CHANGED';
    if (dial !== null && entry === undefined) return 'not wanted any more';
    if (entry?.isManual) this.bans.lift(peerKey);
    if (this.bans.has(peerKey, now)) return 'banned';
    return this.links.isFull && !this.makeRoom(from, now) ? 'PEERS_FULL' : null;
  }

  private mayBe({ key }: Entry, peerKey: string): boolean {
    return key === null || isExpected(key, peerKey, this.options.wordsOf);
  }

  /** Somebody of a crowded network goes, unless this one comes from there too. */
  private makeRoom(from: PeerPlace, now: Instant): boolean {
    const crowd = this.links.leastWelcome(({ dial, peerKey }) => dial !== null || this.book.isManual(peerKey));
    if (crowd === null || crowd.from.host === from.host) return false;
    this.links.cut(crowd, 'PEERS_FULL', now);
    return true;
  }

  private greet(opening: Opening, now: Instant): void {
    const link = this.links.begin(opening, now);
    const address = this.discovery.ownAddress(now);
    this.links.send(link, { type: 'hello', versions: VERSIONS, features: [], address }, now);
  }

  private hearFrame(link: Link, frame: PeerFrame, now: Instant): void {
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

  private agree(link: Link, hello: Extract<PeerFrame, { type: 'hello' }>, now: Instant): void {
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

  private relay(link: Link, frame: RelayFrame, now: Instant): void {
    const arrival = judgeArrival(frame, { ...this.options, origins: this.origins, server: this.server }, now);
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

  private passOn(frame: RelayFrame, except: readonly string[], now: Instant): void {
    if (frame.hops >= LIMITS.relayHopsMax) return;
    this.links.spread({ ...frame, hops: frame.hops + 1 }, PRIORITIES[frame.kind], except, now);
  }

  /** A forgery came by this link: its peer made it, or passes on what it did not look at. */
  private expose(link: Link, now: Instant): void {
    this.options.voice.count('dropped_forged');
    this.options.voice.count('peers_cut');
    if (!this.book.isManual(link.peerKey)) this.bans.add(link.peerKey, link.network, now);
    this.links.cut(link, 'forgery', now);
  }

  private lost(link: Link, why: string, now: Instant): void {
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
    return this.censusAt + (isNews ? LIMITS.censusMs : LIMITS.censusAgainMs);
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
