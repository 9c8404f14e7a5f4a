// Addresses of servers, as they signed them [RELAY-12]: passed on only once somebody with the right key has answered
// there.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Dice, Primitives } from '../../../kit/primitives.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import { peerAddressShape, type PeerAddress } from '../../peer-protocol.js';
import type { PeerEndpoint } from '../io.js';

export interface KnownAddress {
  readonly address: PeerAddress;
  readonly signed: Signed;
  /** The peer who told it. */
  readonly bringer: string;
  isVerified: boolean;
  /** Not dialled again before this. */
  restsUntil: Instant;
}

export interface AddressBookOptions {
  readonly primitives: Primitives;
  readonly dice: Dice;
  /** Our public key. */
  readonly server: string;
}

const ADDRESS_BYTES = 1_024;

export class AddressBook {
  private readonly known = new FairMap<KnownAddress>(LIMITS.peerAddressesKept);

  constructor(private readonly options: AddressBookOptions) {}

  get size(): number {
    return this.known.size;
  }

  get(server: string): KnownAddress | undefined {
    return this.known.get(server);
  }

  /** Takes an address. False where it is no address that its server has signed. `bringer`: the peer who told it. */
  hear(signed: Signed, bringer: string, now: Instant): boolean {
    const address = readAddress(signed);
    if (address === null) return false;
    const before = this.known.get(address.server);
    const isNews = address.server !== this.options.server && (before?.address.at ?? -1) < address.at;
    if (!isNews || isOld(address, now) || address.at > now + LIMITS.relaySkewMs) return true;
    const opening = { key: address.server, shape: peerAddressShape, primitives: this.options.primitives };
    if (openSigned('peer_address', signed, opening) === null) return false;
    const isSame = before?.address.host === address.host && before.address.port === address.port;
    const isVerified = isSame && before.isVerified;
    this.known.put(address.server, { address, signed, isVerified, bringer, restsUntil: 0 }, bringer);
    return true;
  }

  /** Whoever was dialled there has this key. */
  verify(server: string, { host, port }: PeerEndpoint): void {
    const known = this.known.get(server);
    if (known?.address.host !== host || known.address.port !== port) return;
    known.isVerified = true;
    known.restsUntil = 0;
  }

  /** Nobody with that key answered there; they may have moved meanwhile. */
  failed(server: string, { host, port }: PeerEndpoint): void {
    const known = this.known.get(server);
    if (known?.address.host === host && known.address.port === port) this.known.delete(server);
  }

  /** At most so many of those that may be passed on, drawn by chance. */
  toTell(peer: string, now: Instant): Signed[] {
    const good = this.fresh(now).filter(({ isVerified, address }) => isVerified && address.server !== peer);
    return this.shuffled(good)
      .slice(0, LIMITS.peerAddressesPerFrame - 1)
      .map(({ signed }) => signed);
  }

  /** One that was not dialled yet, of a bringer drawn by chance: who tells many holds up nobody else's. */
  toVerify(now: Instant): KnownAddress | null {
    const due = this.fresh(now).filter(({ isVerified, restsUntil }) => !isVerified && restsUntil <= now);
    const [drawn] = this.shuffled([...new Set(due.map(({ bringer }) => bringer))]);
    return due.find(({ bringer }) => bringer === drawn) ?? null;
  }

  /** One to make a link to: first those that were seen to be right. */
  toSeek(isWanted: (server: string) => boolean, now: Instant): KnownAddress | null {
    const wanted = this.fresh(now).filter((known) => known.restsUntil <= now && isWanted(known.address.server));
    const verified = wanted.filter(({ isVerified }) => isVerified);
    return this.shuffled(verified.length > 0 ? verified : wanted)[0] ?? null;
  }

  private fresh(now: Instant): KnownAddress[] {
    const all = [...this.known.values()];
    for (const { address } of all) if (isOld(address, now)) this.known.delete(address.server);
    return all.filter(({ address }) => !isOld(address, now));
  }

  private shuffled<T>(items: readonly T[]): T[] {
    const drawn = items.map((item) => ({ item, order: this.options.dice.fraction() }));
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
