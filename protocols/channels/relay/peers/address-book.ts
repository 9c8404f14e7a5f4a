// The addresses of other servers, each signed by its server [RELAY-12]. An address is advertised only after a server
// with the right key has answered there.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { RandomSource, Primitives } from '../../../kit/primitives.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import { peerAddressShape, type PeerAddress } from '../../peer-protocol.js';
import type { PeerEndpoint } from '../io.js';

export interface KnownAddress {
  readonly address: PeerAddress;
  readonly signed: Signed;
  /** The key of the peer that sent the address. */
  readonly source: string;
  isVerified: boolean;
  /** The address is not dialled before this time. */
  retryAt: Instant;
}

export interface AddressBookOptions {
  readonly primitives: Primitives;
  readonly random: RandomSource;
  /** The public key of this server. */
  readonly server: string;
}

const ADDRESS_BYTES = 1_024;

export class AddressBook {
  private readonly known = new FairMap<KnownAddress>(LIMITS.peerAddressesMax);

  constructor(private readonly options: AddressBookOptions) {}

  get size(): number {
    return this.known.size;
  }

  get(server: string): KnownAddress | undefined {
    return this.known.get(server);
  }

  /** Stores an address; false if its server has not signed it. `source`: the key of the peer that sent it. */
  receive(signed: Signed, source: string, now: Instant): boolean {
    const address = readAddress(signed);
    if (address === null) return false;
    const before = this.known.get(address.server);
    const isNewer = address.server !== this.options.server && (before?.address.at ?? -1) < address.at;
    if (!isNewer || isOld(address, now) || address.at > now + LIMITS.relaySkewMs) return true;
    const opening = { key: address.server, shape: peerAddressShape, primitives: this.options.primitives };
    if (openSigned('peer_address', signed, opening) === null) return false;
    const isSame = before?.address.host === address.host && before.address.port === address.port;
    const isVerified = isSame && before.isVerified;
    this.known.put(address.server, { address, signed, isVerified, source, retryAt: 0 }, source);
    return true;
  }

  /** The server that answered there has this key. */
  verify(server: string, { host, port }: PeerEndpoint): void {
    const known = this.known.get(server);
    if (known?.address.host !== host || known.address.port !== port) return;
    known.isVerified = true;
    known.retryAt = 0;
  }

  /** No server with this key answered there. A newer address may have replaced this one meanwhile. */
  failed(server: string, { host, port }: PeerEndpoint): void {
    const known = this.known.get(server);
    if (known?.address.host === host && known.address.port === port) this.known.delete(server);
  }

  /** A random choice of verified addresses for a peer, as many as fit into a frame beside our own. */
  toAdvertise(peer: string, now: Instant): Signed[] {
    const verified = this.fresh(now).filter(({ isVerified, address }) => isVerified && address.server !== peer);
    return this.shuffled(verified)
      .slice(0, LIMITS.peerAddressesPerFrame - 1)
      .map(({ signed }) => signed);
  }

  /** An unverified address, of a source chosen at random: a peer that sends many must not delay those of others. */
  toVerify(now: Instant): KnownAddress | null {
    const due = this.fresh(now).filter(({ isVerified, retryAt }) => !isVerified && retryAt <= now);
    const [drawn] = this.shuffled([...new Set(due.map(({ source }) => source))]);
    return due.find(({ source }) => source === drawn) ?? null;
  }

  /** An address to link with; verified ones come first. */
  toLink(isWanted: (server: string) => boolean, now: Instant): KnownAddress | null {
    const wanted = this.fresh(now).filter((known) => known.retryAt <= now && isWanted(known.address.server));
    const verified = wanted.filter(({ isVerified }) => isVerified);
    return this.shuffled(verified.length > 0 ? verified : wanted)[0] ?? null;
  }

  private fresh(now: Instant): KnownAddress[] {
    const all = [...this.known.values()];
    for (const { address } of all) if (isOld(address, now)) this.known.delete(address.server);
    return all.filter(({ address }) => !isOld(address, now));
  }

  private shuffled<T>(items: readonly T[]): T[] {
    const drawn = items.map((item) => ({ item, order: this.options.random.fraction() }));
    return drawn.sort((a, b) => a.order - b.order).map(({ item }) => item);
  }
}

function readAddress({ payload }: Signed): PeerAddress | null {
  if (payload.length > ADDRESS_BYTES) return null;
  const address = parseJson(payload);
  return peerAddressShape.accepts(address) ? address : null;
}

function isOld({ at }: PeerAddress, now: Instant): boolean {
  return at + LIMITS.peerAddressMs <= now;
}
