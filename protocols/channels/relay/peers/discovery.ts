// The search for peers [RELAY-12]: addresses are exchanged, looked at, and links made until there are enough.

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
  readonly voice: RelayContext;
  readonly primitives: Primitives;
  readonly key: SecretKey;
  readonly listensAt: PeerEndpoint | null;
  readonly discovers: boolean;
  readonly links: PeerLinks;
  readonly book: KnownPeers;
  readonly addresses: AddressBook;
  readonly nextDial: () => number;
  readonly isBanned: (server: string, now: Instant) => boolean;
}

export class Discovery {
  private exchangeAt: Instant = 0;
  private seekAt: Instant = 0;
  private verifyAt: Instant = 0;
  /** A dial that only looks who answers. */
  private verifying: { readonly dial: number; readonly known: KnownAddress } | null = null;

  constructor(private readonly options: DiscoveryOptions) {}

  /** How many links are missing, whoever is being dialled. */
  get peersWanted(): number {
    return this.options.discovers ? LIMITS.peerDegreeMin - this.options.links.openCount : 0;
  }

  /** Our own address, for a hello or an exchange. */
  ownAddress(now: Instant): Signed | null {
    const { listensAt, discovers, key, primitives } = this.options;
    if (listensAt === null || !discovers) return null;
    const address: PeerAddress = { server: key.publicKey, ...listensAt, at: now };
    return signObject('peer_address', address, key, primitives);
  }

  /** Addresses that a peer told. False where one of them is a forgery. */
  hear(link: PeerLink, signed: readonly Signed[], now: Instant): boolean {
    for (const each of signed) {
      if (!link.addresses.take(now)) {
        this.options.voice.count('dropped_flood');
        continue;
      }
      if (this.options.discovers && !this.options.addresses.hear(each, link.peerKey, now)) return false;
    }
    return true;
  }

  /** True where the dial was ours, and the link was only made to see who answers. */
  answered(dial: number, peerKey: string): boolean {
    const { verifying } = this;
    if (verifying?.dial !== dial) return false;
    this.verifying = null;
    const { address } = verifying.known;
    if (peerKey === address.server) this.options.addresses.verify(peerKey, address);
    else this.options.addresses.failed(address.server, address);
    return true;
  }

  /** True where the dial was ours. */
  failed(dial: number): boolean {
    const { verifying } = this;
    if (verifying?.dial !== dial) return false;
    this.verifying = null;
    const { address } = verifying.known;
    this.options.addresses.failed(address.server, address);
    return true;
  }

  /** A link that was sought and is one too many, the last first. */
  tooMany(): PeerLink | null {
    const { links, book } = this.options;
    if (!this.options.discovers || links.openCount <= LIMITS.peerDegreeMax) return null;
    const sought = [...links.peers()].filter(({ dial, peerKey }) => dial !== null && !book.isManual(peerKey));
    return sought.at(-1) ?? null;
  }

  wake(now: Instant): void {
    if (!this.options.discovers) return;
    if (this.exchangeAt <= now) this.exchange(now);
    if (this.options.book.mayDialOthers && this.seekAt <= now) this.seek(now);
    if (this.verifying === null && this.verifyAt <= now) this.verify(now);
  }

  wakeAt(): Instant | null {
    const { discovers, links, addresses, book } = this.options;
    if (!discovers) return null;
    let next = links.openCount > 0 ? this.exchangeAt : null;
    if (addresses.size === 0) return next;
    if (book.mayDialOthers) next = earlier(next, this.seekAt);
    return this.verifying === null ? earlier(next, this.verifyAt) : next;
  }

  private exchange(now: Instant): void {
    this.exchangeAt = now + LIMITS.peerExchangeMs;
    const own = this.ownAddress(now);
    for (const link of this.options.links.peers()) {
      const addresses = [...(own ? [own] : []), ...this.options.addresses.toTell(link.peerKey, now)];
      if (addresses.length > 0) this.options.links.send(link, { type: 'addresses', addresses }, now);
    }
  }

  private seek(now: Instant): void {
    this.seekAt = now + LIMITS.peerSeekMs;
    const { addresses, links, book, isBanned } = this.options;
    const isWanted = (server: string): boolean =>
      links.to(server) === undefined && book.of(server).length === 0 && !isBanned(server, now);
    const known = addresses.toSeek(isWanted, now);
    if (known === null) return;
    known.restsUntil = now + LIMITS.peerRetryCeilingMs;
    const { host, port, server } = known.address;
    if (book.at({ host, port }) === undefined) book.put({ host, port }, server, false, now);
  }

  private verify(now: Instant): void {
    this.verifyAt = now + LIMITS.peerVerifyMs;
    const { voice, addresses, links } = this.options;
    const known = links.isFull ? null : addresses.toVerify(now);
    if (known === null) return;
    known.restsUntil = now + LIMITS.peerRetryCeilingMs;
    const { host, port, server } = known.address;
    const dial = this.options.nextDial();
    this.verifying = { dial, known };
    voice.want({ kind: 'dial', dial, place: { host, port }, key: server });
  }
}
