// The states of a link: in the handshake, open, or kept from the device before this one.

import type { HeardMark } from '../../../protocols/kit/own-proofs/marks.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import type { LinkPeer } from '../core/events.js';
import type { InputOf } from '../core/part.js';

export type Opened = InputOf<'link_opened'>;

/** `dialled`: the user we meant to reach, null where the other side dialled. */
export interface Handshake {
  readonly type: 'handshake';
  readonly opened: Opened;
  readonly dialled: string | null;
}

export interface Open {
  readonly type: 'open';
  readonly opened: Opened;
  readonly peer: LinkPeer;
  readonly weDialled: boolean;
  readonly openedAt: Instant;
  heardAt: Instant;
}

/** Of the device before this one: it only receives, acknowledges and answers (SPEC LINK-12). */
export interface Kept {
  readonly type: 'kept';
  readonly peer: LinkPeer;
  readonly until: Instant;
  heardAt: Instant;
}

export type Link = Handshake | Open | Kept;

/** What the peer's half of the handshake says. */
export interface PeerHello {
  readonly weDialled: boolean;
  readonly port: number;
  readonly heard: HeardMark | null;
}
