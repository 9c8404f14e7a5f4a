// The operator's requests about peers: link with one, unlink one, list them.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import type { PeerEndpoint, PeerStatus } from '../io.js';
import type { Bans } from './bans.js';
import { isExpected, type FingerprintOf } from './expected-key.js';
import type { PeerLink } from './peer-link.js';
import type { PeerLinks } from './peer-links.js';
import { endpointKeyOf, type KnownPeer, type KnownPeers } from './known-peers.js';

export interface PeerRequestsOptions {
  readonly links: PeerLinks;
  readonly knownPeers: KnownPeers;
  readonly bans: Bans;
  /** The public key of this server. */
  readonly server: string;
  readonly listensAt: PeerEndpoint | null;
  readonly fingerprintOf: FingerprintOf;
}

export class PeerRequests {
  constructor(private readonly options: PeerRequestsOptions) {}

  /** Adds a peer that is dialled until it is removed. `key`: its key, or its fingerprint. */
  connect(endpoint: PeerEndpoint, key: string | null, now: Instant): Outcome<PeerEndpoint> {
    const { knownPeers, bans, server, listensAt, fingerprintOf } = this.options;
    const isSelf =
      (key !== null && isExpected(key, server, fingerprintOf)) ||
      (listensAt && endpointKeyOf(listensAt) === endpointKeyOf(endpoint));
    if (isSelf) return new Refusal('PEER_SELF');
    const known = knownPeers.at(endpoint);
    if (known && known.key !== null && key !== null && !isExpected(key, known.key, fingerprintOf)) {
      if (!isExpected(known.key, key, fingerprintOf)) return new Refusal('PEER_KEY_CHANGED', endpointKeyOf(endpoint));
      known.key = key; // replaces the fingerprint that was given before
    }
    if (key !== null) bans.lift(key);
    const entry = knownPeers.add(endpoint, key, true, now);
    return entry ? entry.endpoint : new Refusal('PEERS_FULL', String(LIMITS.peersKeptMax));
  }

  /** Unlinks a peer and forgets its key. A ban keeps the peer from linking again at once on its own. */
  disconnect(peer: string, now: Instant): Outcome<PeerEndpoint> {
    const { links, knownPeers, bans } = this.options;
    const entries = [...knownPeers.all()].filter((entry) => matches(peer, entry.key, entry.endpoint));
    const linked = [...links.peers()].filter((link) => matches(peer, link.peerKey, link.from));
    const keys = new Set([...entries.flatMap(({ key }) => key ?? []), ...linked.map(({ peerKey }) => peerKey)]);
    const [first] = [...entries.map(({ endpoint }) => endpoint), ...linked.map(({ from }) => from)];
    if (first === undefined || keys.size > 1) return new Refusal('PEER_UNKNOWN', peer);
    for (const entry of entries) knownPeers.remove(entry);
    for (const key of keys) {
      for (const entry of knownPeers.withKey(key)) knownPeers.remove(entry);
      const link = links.to(key);
      if (link) bans.add(key, link.network, now);
      if (link) links.cut(link, 'disconnected', now);
    }
    return first;
  }

  /** All peers: those that this server dials, and those that dialled it. */
  list(): PeerStatus[] {
    const { links, knownPeers } = this.options;
    const entries = [...knownPeers.all()];
    const named = new Set(entries.map(({ key }) => key));
    const others = [...links.peers()].filter(({ peerKey }) => !named.has(peerKey));
    return [
      ...entries.map((entry) => statusOf(entry, entry.key === null ? undefined : links.to(entry.key))),
      ...others.map(inboundStatusOf),
    ];
  }
}

/** `peer`: a key, the beginning of a key, or `host:port`. */
function matches(peer: string, key: string | null, endpoint: PeerEndpoint): boolean {
  return endpointKeyOf(endpoint) === peer || (peer.length > 0 && (key?.startsWith(peer) ?? false));
}

function statusOf(
  { endpoint, key, isManual, dial, since, lastError }: KnownPeer,
  link: PeerLink | undefined,
): PeerStatus {
  const state = link ? 'linked' : dial === null ? 'waiting' : 'dialling';
  const saved = { ...endpoint, key, isManual };
  return { ...saved, state, since: link?.openedAt ?? since, lastError: link ? null : lastError, ...traffic(link) };
}

function inboundStatusOf(link: PeerLink): PeerStatus {
  const saved = { ...link.from, key: link.peerKey, isManual: false };
  return { ...saved, state: 'linked', since: link.openedAt, lastError: null, ...traffic(link) };
}

function traffic(link: PeerLink | undefined) {
  const { sentBytes = 0, queuedBytes = 0, droppedFrames = 0 } = link?.queue ?? {};
  return { sentBytes, queuedBytes, droppedFrames };
}
