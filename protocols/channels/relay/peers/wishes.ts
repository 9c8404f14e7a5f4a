// What somebody who runs the server wants of its peers: link, unlink, and see.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import type { PeerPlace, PeerStatus } from '../world.js';
import type { Bans } from './bans.js';
import { isExpected, type WordsOf } from './expected-key.js';
import type { Link } from './link.js';
import type { Links } from './links.js';
import { nameOf, type Entry, type PeerBook } from './peer-book.js';

export interface WishesOptions {
  readonly links: Links;
  readonly book: PeerBook;
  readonly bans: Bans;
  /** Our public key. */
  readonly server: string;
  readonly listensAt: PeerPlace | null;
  readonly wordsOf: WordsOf;
}

export class Wishes {
  constructor(private readonly options: WishesOptions) {}

  /** From now on this peer is dialled without end. `key`: as it is, or the words of its fingerprint. */
  connect(place: PeerPlace, key: string | null, now: Instant): Outcome<PeerPlace> {
    const { book, bans, server, listensAt, wordsOf } = this.options;
    const isUs =
      (key !== null && isExpected(key, server, wordsOf)) || (listensAt && nameOf(listensAt) === nameOf(place));
    if (isUs) return new Refusal('PEER_SELF');
    const known = book.at(place);
    if (known && known.key !== null && key !== null && !isExpected(key, known.key, wordsOf)) {
      if (!isExpected(known.key, key, wordsOf)) return new Refusal('PEER_KEY_CHANGED', nameOf(place));
      known.key = key; // the whole key says more than the words that were asked for before
    }
    if (key !== null) bans.lift(key);
    const entry = book.put(place, key, true, now);
    return entry ? entry.place : new Refusal('PEERS_FULL', String(LIMITS.peersKept));
  }

  /** Unlinks a peer and forgets its key. It is not let in again for a while: it may not know that it is unwanted. */
  disconnect(peer: string, now: Instant): Outcome<PeerPlace> {
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
function isMeant(peer: string, key: string | null, place: PeerPlace): boolean {
  return nameOf(place) === peer || (peer.length > 0 && (key?.startsWith(peer) ?? false));
}

function statusOf({ place, key, isManual, dial, since, trouble }: Entry, link: Link | undefined): PeerStatus {
  const state = link ? 'linked' : dial === null ? 'waiting' : 'dialling';
  const kept = { ...place, key, isManual };
  return { ...kept, state, since: link?.openedAt ?? since, trouble: link ? null : trouble, ...traffic(link) };
}

function guestStatus(link: Link): PeerStatus {
  const kept = { ...link.from, key: link.peerKey, isManual: false };
  return { ...kept, state: 'linked', since: link.openedAt, trouble: null, ...traffic(link) };
}

function traffic(link: Link | undefined) {
  const { sentBytes = 0, queuedBytes = 0, droppedFrames = 0 } = link?.queue ?? {};
  return { sentBytes, queuedBytes, droppedFrames };
}
