// Peer discovery [RELAY-12]: exchanges addresses with peers, verifies them by dialling, and links until there are
// enough peers.

import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { Primitives, SecretKey } from '../../../kit/primitives.js';
import { signObject, type Signed } from '../../../kit/signed.js';
import type { PeerAddress } from '../../peer-protocol.js';
import type { RelayContext } from '../relay-context.js';
import type { PeerEndpoint } from '../io.js';
import type { AddressBook, KnownAddress } from './address-book.js';
import type { PeerLink } from './peer-link.js';
import type { PeerLinks } from './peer-links.js';
import type { KnownPeers } from './known-peers.js';

export interface DiscoveryOptions {
  readonly context: RelayContext;
  readonly primitives: Primitives;
  readonly key: SecretKey;
  readonly listensAt: PeerEndpoint | null;
  readonly isDiscoveryEnabled: boolean;
  readonly links: PeerLinks;
  readonly knownPeers: KnownPeers;
  readonly addresses: AddressBook;
  readonly nextDial: () => number;
  readonly isBanned: (server: string, now: Instant) => boolean;
}

export class Discovery {
  private exchangeAt: Instant = 0;
  private seekAt: Instant = 0;
  private verifyAt: Instant = 0;
  /** The dial that only checks which key answers at an address. */
  private probe: { readonly dial: number; readonly known: KnownAddress } | null = null;

  constructor(private readonly options: DiscoveryOptions) {}

  /** How many links are missing, not counting dials under way. */
  get missingLinks(): number {
    return this.options.isDiscoveryEnabled ? LIMITS.peerDegreeMin - this.options.links.openCount : 0;
  }

  /** The signed address of this server, for a hello or an exchange; null if it is not told. */
  ownAddress(now: Instant): Signed | null {
    const { listensAt, isDiscoveryEnabled, key, primitives } = this.options;
    if (listensAt === null || !isDiscoveryEnabled) return null;
    const address: PeerAddress = { server: key.publicKey, ...listensAt, at: now };
    return signObject('peer_address', address, key, primitives);
  }

  /** Stores addresses from a peer; false if one of them is a forgery. */
  receive(link: PeerLink, signed: readonly Signed[], now: Instant): boolean {
    for (const each of signed) {
      if (!link.addressRate.take(now)) {
        this.options.context.count('dropped_flood');
        continue;
      }
      if (this.options.isDiscoveryEnabled && !this.options.addresses.receive(each, link.peerKey, now)) return false;
    }
    return true;
  }

  /** True if the dial was a probe; its link is closed then. */
  probeAnswered(dial: number, peerKey: string): boolean {
    const { probe } = this;
    if (probe?.dial !== dial) return false;
    this.probe = null;
    const { address } = probe.known;
    if (peerKey === address.server) this.options.addresses.verify(peerKey, address);
    else this.options.addresses.failed(address.server, address);
    return true;
  }

  /** True if the dial was a probe. */
  probeFailed(dial: number): boolean {
    const { probe } = this;
    if (probe?.dial !== dial) return false;
    this.probe = null;
    const { address } = probe.known;
    this.options.addresses.failed(address.server, address);
    return true;
  }

  /** The newest link that discovery made, if there are more links than needed; else null. */
  surplusLink(): PeerLink | null {
    const { links, knownPeers } = this.options;
    if (!this.options.isDiscoveryEnabled || links.openCount <= LIMITS.peerDegreeMax) return null;
    const discovered = [...links.peers()].filter(({ dial, peerKey }) => dial !== null && !knownPeers.isManual(peerKey));
    return discovered.at(-1) ?? null;
  }

  wake(now: Instant): void {
    if (!this.options.isDiscoveryEnabled) return;
    if (this.exchangeAt <= now) this.exchange(now);
    if (this.options.knownPeers.mayDialDiscovered && this.seekAt <= now) this.addPeer(now);
    if (this.probe === null && this.verifyAt <= now) this.startProbe(now);
  }

  wakeAt(): Instant | null {
    const { isDiscoveryEnabled, links, addresses, knownPeers } = this.options;
    if (!isDiscoveryEnabled) return null;
    let next = links.openCount > 0 ? this.exchangeAt : null;
    if (addresses.size === 0) return next;
    if (knownPeers.mayDialDiscovered) next = earlier(next, this.seekAt);
    return this.probe === null ? earlier(next, this.verifyAt) : next;
  }

  private exchange(now: Instant): void {
    this.exchangeAt = now + LIMITS.peerExchangeMs;
    const own = this.ownAddress(now);
    for (const link of this.options.links.peers()) {
      const addresses = [...(own ? [own] : []), ...this.options.addresses.toAdvertise(link.peerKey, now)];
      if (addresses.length > 0) this.options.links.send(link, { type: 'addresses', addresses }, now);
    }
  }

  private addPeer(now: Instant): void {
    this.seekAt = now + LIMITS.peerDiscoveryMs;
    const { addresses, links, knownPeers, isBanned } = this.options;
    const isWanted = (server: string): boolean =>
      links.to(server) === undefined && knownPeers.withKey(server).length === 0 && !isBanned(server, now);
    const known = addresses.toLink(isWanted, now);
    if (known === null) return;
    known.retryAt = now + LIMITS.peerRetryCeilingMs;
    const { host, port, server } = known.address;
    if (knownPeers.at({ host, port }) === undefined) knownPeers.add({ host, port }, server, false, now);
  }

  private startProbe(now: Instant): void {
    this.verifyAt = now + LIMITS.peerVerifyMs;
    const { context, addresses, links } = this.options;
    const known = links.isFull ? null : addresses.toVerify(now);
    if (known === null) return;
    known.retryAt = now + LIMITS.peerRetryCeilingMs;
    const { host, port, server } = known.address;
    const dial = this.options.nextDial();
    this.probe = { dial, known };
    context.emit({ type: 'dial', dial, endpoint: { host, port }, key: server });
  }
}
