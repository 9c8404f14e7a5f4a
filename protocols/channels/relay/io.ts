// The inputs and effects of a relay, and what its host can read from it.

import type { Outcome } from '../../kit/refusals.js';
import type { ChannelServerFrame } from '../client-protocol.js';

/** The address and port where a peer listens. */
export interface PeerEndpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * A peer as the host saves it across restarts. `key`: the pinned key; before the first link null, or the fingerprint
 * that the operator gave. `isManual`: the operator asked for this peer, so the relay never gives it up.
 */
export interface SavedPeer extends PeerEndpoint {
  readonly key: string | null;
  readonly isManual: boolean;
}

/**
 * `link` and `client` are numbers of connections that the host chooses and never reuses. `dial` is a number of the
 * relay's that comes back; `ref` is the caller's. `frame` is parsed JSON, or `undefined` if it did not parse. TLS has
 * proven `peerKey`. `address` has no port. `exporter`: of the TLS connection, null without TLS 1.3.
 */
export type RelayInput =
  | { type: 'wake' }
  | { type: 'peer_opened'; link: number; dial: number | null; peerKey: string; from: PeerEndpoint }
  | { type: 'dial_failed'; dial: number; reason: string }
  | { type: 'peer_frame'; link: number; frame: unknown }
  /** All frames that were sent on this link so far have left for the network. */
  | { type: 'peer_drained'; link: number }
  | { type: 'peer_closed'; link: number; reason: string }
  | { type: 'client_opened'; client: number; address: string; exporter: string | null }
  | { type: 'client_frame'; client: number; frame: unknown }
  | { type: 'client_closed'; client: number }
  /** `key`: the expected key (base64url) or its fingerprint; null: the relay pins the key that answers first. */
  | { type: 'connect'; ref: number; endpoint: PeerEndpoint; key: string | null }
  /** `peer`: a key, the beginning of a key, or `host:port`. */
  | { type: 'disconnect'; ref: number; peer: string };

export type RelayEffect =
  /** `text`: the JSON of a PeerFrame, encoded once for all links. */
  | { type: 'peer_send'; link: number; text: string }
  /** The handshake is over: accept frames of up to 256 KiB from here on. */
  | { type: 'peer_allow_large_frames'; link: number }
  /** Closes the link after the frames sent before have left. */
  | { type: 'peer_close'; link: number }
  /** Answered by `peer_opened` or `dial_failed`. `key`: the expected key; null accepts any key but our own. */
  | { type: 'dial'; dial: number; endpoint: PeerEndpoint; key: string | null }
  /** One frame for several clients. Effects share the array: the host must not keep or change it. */
  | { type: 'client_send'; clients: readonly number[]; frame: ChannelServerFrame }
  /** Closes the connection after the frames sent before have left. */
  | { type: 'client_close'; client: number }
  /** The host saves the peers before it performs later effects, and passes them to the next relay as `peers`. */
  | { type: 'save_peers'; peers: readonly SavedPeer[] }
  /** The own boot has risen. The host saves it before it performs later effects, and logs it [RELAY-14]. */
  | { type: 'boot_raised'; boot: number }
  /** A peer was told that a newer start of it is known. For the log. */
  | { type: 'boot_outdated'; origin: string }
  | { type: 'answer'; ref: number; outcome: Outcome<PeerEndpoint> };

/** The status of a peer. `since`: when this state began, in ms since 1970. */
export interface PeerStatus extends SavedPeer {
  readonly state: 'linked' | 'dialling' | 'waiting';
  readonly since: number;
  /** Why the last attempt failed; null if it did not. */
  readonly lastError: string | null;
  readonly sentBytes: number;
  readonly queuedBytes: number;
  readonly droppedFrames: number;
}

/** The counters of a relay since its start, for `/metrics`. */
export const RELAY_COUNTS = [
  'entered',
  'refused_entries',
  'said',
  'refused_said',
  'relayed',
  'relayed_again',
  'heard',
  'dropped_known',
  'dropped_old',
  'dropped_hops',
  'dropped_forged',
  'dropped_malformed',
  'dropped_flood',
  'dropped_slow_peer',
  'peers_cut',
] as const;
export type RelayCount = (typeof RELAY_COUNTS)[number];
