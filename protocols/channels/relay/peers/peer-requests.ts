// What somebody who runs the server wants of its peers: link, unlink, and see.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import type { PeerEndpoint, PeerStatus } from '../io.js';
import type { Bans } from './bans.js';
import { isExpected, type FingerprintOf } from './expected-key.js';
import type { PeerLink } from './peer-link.js';
import type { PeerLinks } from './peer-links.js';
import { endpointKeyOf, type PeerEntry, type KnownPeers } from './known-peers.js';

export interface PeerRequestsOptions {
  readonly links: PeerLinks;
  readonly book: KnownPeers;
  readonly bans: Bans;
  /** Our public key. */
  readonly server: string;
  readonly listensAt: PeerEndpoint | null;
  readonly wordsOf: FingerprintOf;
}

export class PeerRequests {
  constructor(private readonly options: PeerRequestsOptions) {}

  /** From now on this peer is dialled without end. `key`: as it is, or the words of its fingerprint. */
  connect(place: PeerEndpoint, key: string | null, now: Instant): Outcome<PeerEndpoint> {
    const { book, bans, server, listensAt, wordsOf } = this.options;
    const isUs =
      (key !== null && isExpected(key, server, wordsOf)) ||
      (listensAt && endpointKeyOf(listensAt) === endpointKeyOf(place));
    if (isUs) return new Refusal('PEER_SELF');
    const known = book.at(place);
    if (known && known.key !== null && key !== null && !isExpected(key, known.key, wordsOf)) {
      if (!isExpected(known.key, key, wordsOf)) return new Refusal('PEER_KEY_CHANGED', endpointKeyOf(place));
      known.key = key; // the whole key says more than the words that were asked for before
    }
    if (key !== null) bans.lift(key);
    const entry = book.put(place, key, true, now);
    return entry ? entry.place : new Refusal('PEERS_FULL', String(LIMITS.peersKept));
  }

  /** Unlinks a peer and forgets its key. It is not let in again for a while: it may not know that it is unwanted. */
  disconnect(peer: string, now: Instant): Outcome<PeerEndpoint> {
    const { links, book, bans } = this.options;
    const entries = [...book.all()].filter((entry) => isMeant(peer, entry.key, entry.place));
    const linked = [...links.peers()].filter((link) => isMeant(peer, link.peerKey, link.from));
    const keys = new Set([...entries.flatMap(({ key }) => key ?? []), ...linked.map(({ peerKey }) => peerKey)]);
    const [first] = [...entries.map(({ place }) => place), ...linked.map(({ from }) => from)];
    if (first === undefined || keys.size > 1) return new Refusal('PEER_UNKNOWN', peer);
    for (const entry of entries) book.drop(entry);
    for (const key of keys) {
      for (const entry of book.of(key)) book.drop(entry);
      const link = links.to(key);
      if (link) bans.add(key, link.network, now);
      if (link) links.cut(link, 'disconnected', now);
    }
    return first;
  }

  /** All peers: those that are dialled, and those that dialled us. */
  list(): PeerStatus[] {
    const { links, book } = this.options;
    const entries = [...book.all()];
    const named = new Set(entries.map(({ key }) => key));
    const others = [...links.peers()].filter(({ peerKey }) => !named.has(peerKey));
    return [
      ...entries.map((entry) => statusOf(entry, entry.key === null ? undefined : links.to(entry.key))),
      ...others.map(guestStatus),
    ];
  }
}

/** A key, the beginning of one, or `host:port`. */
function isMeant(peer: string, key: string | null, place: PeerEndpoint): boolean {
  return endpointKeyOf(place) === peer || (peer.length > 0 && (key?.startsWith(peer) ?? false));
}

function statusOf({ place, key, isManual, dial, since, trouble }: PeerEntry, link: PeerLink | undefined): PeerStatus {
  const state = link ? 'linked' : dial === null ? 'waiting' : 'dialling';
  const kept = { ...place, key, isManual };
  return { ...kept, state, since: link?.openedAt ?? since, trouble: link ? null : trouble, ...traffic(link) };
}

function guestStatus(link: PeerLink): PeerStatus {
  const kept = { ...link.from, key: link.peerKey, isManual: false };
  return { ...kept, state: 'linked', since: link.openedAt, trouble: null, ...traffic(link) };
}

function traffic(link: PeerLink | undefined) {
  const { sentBytes = 0, queuedBytes = 0, droppedFrames = 0 } = link?.queue ?? {};
  return { sentBytes, queuedBytes, droppedFrames };
}
