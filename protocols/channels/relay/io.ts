// The edge of a relay: every input a server's channels may be given, every effect they ask for, and what one can read.

import type { Outcome } from '../../kit/refusals.js';
import type { ChannelServerFrame } from '../client-protocol.js';

/** Where a peer listens. */
export interface PeerEndpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * A peer as it is kept over restarts. `key`: pinned; where it was never reached null, or the fingerprint by which
 * somebody asked for it. `isManual`: somebody asked for it, so it is never given up.
 */
export interface SavedPeer extends PeerEndpoint {
  readonly key: string | null;
  readonly isManual: boolean;
}

/**
 * `link`, `visitor`: numbers of the world's, never used twice; `dial`: of the relay's, carried back; `ref`: of the
 * asker's. Frames come as parsed JSON, `undefined` where it was none. `peerKey`: proven by TLS. `address`: without
 * port.
 */
export type RelayInput =
  | { kind: 'wake' }
  | { kind: 'peer_opened'; link: number; dial: number | null; peerKey: string; from: PeerEndpoint }
  | { kind: 'dial_failed'; dial: number; reason: string }
  | { kind: 'peer_frame'; link: number; frame: unknown }
  /** All that was handed over for this link so far has left for the network. */
  | { kind: 'peer_drained'; link: number }
  | { kind: 'peer_closed'; link: number; reason: string }
  | { kind: 'visitor_opened'; visitor: number; address: string }
  | { kind: 'visitor_frame'; visitor: number; frame: unknown }
  | { kind: 'visitor_closed'; visitor: number }
  /** `key`: whom to expect there, base64url, or its fingerprint; null: whoever it is now is remembered. */
  | { kind: 'connect'; ref: number; place: PeerEndpoint; key: string | null }
  /** `peer`: a key, the beginning of one, or `host:port`. */
  | { kind: 'disconnect'; ref: number; peer: string };

export type RelayEffect =
  /** `text`: the JSON of a PeerFrame. The same text goes to many links: it is made once. */
  | { kind: 'peer_send'; link: number; text: string }
  /** The greeting is over: frames up to 256 KiB from here on. */
  | { kind: 'peer_widen'; link: number }
  /** Closes after what was sent has left. */
  | { kind: 'peer_close'; link: number }
  /** Answered by `peer_opened` or `dial_failed`. `key`: null where anybody may answer but ourselves. */
  | { kind: 'dial'; dial: number; place: PeerEndpoint; key: string | null }
  /** One frame for many. The array is the relay's own and shared by effects: to be read, not kept. */
  | { kind: 'tell'; visitors: readonly number[]; frame: ChannelServerFrame }
  /** Closes after what was told has left. */
  | { kind: 'visitor_close'; visitor: number }
  /** To be written down before anything else is done; given to the next relay as `peers`. */
  | { kind: 'keep'; peers: readonly SavedPeer[] }
  | { kind: 'answer'; ref: number; outcome: Outcome<PeerEndpoint> };

/** A peer as a person or a program sees it. `since`: ms since 1970, when the link came or the trying began. */
export interface PeerStatus extends SavedPeer {
  readonly state: 'linked' | 'dialling' | 'waiting';
  readonly since: number;
  /** Why the last try failed, where it did. */
  readonly trouble: string | null;
  readonly sentBytes: number;
  readonly queuedBytes: number;
  readonly droppedFrames: number;
}

/** What a relay has counted since it began, by name; for `/metrics`. */
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
