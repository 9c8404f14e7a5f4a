// What happened in one part of the engine and concerns several others. `parts.ts` says in which order they hear it.

import type { LetterKind } from '../../../protocols/letters/messages.js';
import type { Endpoint } from './endpoint.js';

/** The device at the other end of a link, as its knock, or its answer to ours, and its record prove. */
export interface LinkPeer {
  readonly user: string;
  readonly device: string;
}

/** A letter that is authentic, new, and addressed to us. The shape of `body` depends on `kind` and is not checked yet. */
export interface ReceivedLetter {
  readonly from: string;
  /** The identity key of the sender, which its record proves. */
  readonly key: string;
  readonly device: string;
  readonly kind: LetterKind;
  readonly at: number;
  readonly body: unknown;
}

export type PartEvent =
  /** The user wants to be reachable. */
  | { type: 'awake' }
  /** The user does not want to be reachable any more. */
  | { type: 'asleep' }
  /** The session with the name server is open. */
  | { type: 'online' }
  /** The session with the name server is over. */
  | { type: 'offline' }
  /** The name server reports a friend or group peer online or offline. */
  | { type: 'presence'; user: string; isOnline: boolean }
  | { type: 'linked'; peer: LinkPeer }
  /**
   * Follows `linked` where the peer is a friend. `datagrams`: where the peer's UDP socket is. `exported`: key material
   * of the link's TLS.
   */
  | { type: 'friendLinked'; peer: LinkPeer; weDialled: boolean; datagrams: Endpoint; exported: Uint8Array }
  | { type: 'unlinked'; user: string }
  /** The identity key of a user was pinned, or replaced by the key that the user confirmed. */
  | { type: 'keyPinned'; user: string }
  /** A newer record of a user is known, under the same key. */
  | { type: 'recordRenewed'; user: string }
  | { type: 'befriended'; user: string }
  | { type: 'unfriended'; user: string }
  /** The user unblocked a friend or confirmed a friend's changed key: nothing prevents sending any more. */
  | { type: 'sendingResumed'; user: string }
  /** The name server's claim that a user has another key than the pinned one is over: letters may leave again. */
  | { type: 'keyClaimEnded'; user: string }
  /** A friend confirmed the friendship again: it may not have known of it when our last letters arrived. */
  | { type: 'friendshipReaffirmed'; user: string }
  /** A friend has a newer record with another device. */
  | { type: 'friendDeviceChanged'; user: string }
  /** A friend may make us store something again: what it sent in vain has to come once more. */
  | { type: 'budgetRenewed'; user: string }
  /** The name server accepted a letter about the friendship: letters with messages may follow it. */
  | { type: 'friendshipLetterSent'; user: string };

/** Events after which something is over. Parts hear them in reverse order: see `Routes`. */
export const ENDINGS: ReadonlySet<PartEvent['type']> = new Set(['asleep', 'offline', 'unlinked', 'unfriended']);
