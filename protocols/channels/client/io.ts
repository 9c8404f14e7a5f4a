// The inputs and effects of a channel client.
//
// Signing, verifying and sealing are effects, because a browser does them asynchronously. Their results may arrive in
// any order; messages are reported in the order in which the server sent them. The host performs effects in order. If
// an effect causes an input at once, the host passes it on after the last effect.

import type { Refusal } from '../../kit/refusals.js';
import type { Signed, SignedType } from '../../kit/signed.js';
import type { ClientConnection } from '../../kit/server-proof/server-proof.js';
import type { ChannelClientFrame } from '../client-protocol.js';

/** `connection`, and `ref` of an effect: numbers of the client's that come back. `ref` of a request: the caller's. */
export type ChannelClientInput =
  | { type: 'wake' }
  /** Connect and stay connected; or disconnect and stay so. */
  | { type: 'connect' }
  | { type: 'disconnect' }
  | { type: 'join'; ref: number; channel: string }
  | { type: 'part'; ref: number; channel: string }
  | { type: 'send'; ref: number; channel: string; text: string }
  /** `to`: the key of a participant whose card or message this client has seen. */
  | { type: 'send_direct'; ref: number; to: string; text: string }
  /** `exporter`: of the TLS connection, null without TLS 1.3; `hidden` in a browser. */
  | { type: 'connection_opened'; connection: number; exporter: ClientConnection['exporter'] }
  | { type: 'connection_frame'; connection: number; frame: unknown }
  | { type: 'connection_closed'; connection: number; reason: string }
  /** Instead of `connection_closed`: the server has no channels, so the client does not retry (CHANNELS_OFF). */
  | { type: 'connection_refused'; connection: number; refusal: Refusal }
  | { type: 'signed'; ref: number; signature: string }
  | { type: 'verified'; ref: number; isValid: boolean }
  | { type: 'sealed'; ref: number; body: string | null }
  | { type: 'unsealed'; ref: number; plain: string | null };

export type ChannelClientEffect =
  | { type: 'connection_open'; connection: number }
  | { type: 'connection_send'; connection: number; frame: ChannelClientFrame }
  | { type: 'connection_close'; connection: number }
  /** Sign with our key. The signature is over `"kith/<signedType>/1\0" ‖ payload` (kit/signed.ts). */
  | { type: 'sign'; ref: number; signedType: SignedType; payload: string }
  | { type: 'verify'; ref: number; signedType: SignedType; signed: Signed; key: string }
  /** Seal by HPKE with DIRECT_MESSAGE_INFO, padded as letters are. `exchange`: the recipient's exchange key. */
  | { type: 'seal'; ref: number; exchange: string; plain: string }
  /** Open with our own exchange key. */
  | { type: 'unseal'; ref: number; body: string }
  | { type: 'answer'; ref: number; answer: ChannelClientAnswer }
  | { type: 'event'; event: ChannelClientEvent };

/** One for each request. `send` is answered when the server has accepted the message, `send_direct` on delivery. */
export type ChannelClientAnswer =
  | { ok: true; type: 'joined'; presence: ChannelPresence }
  | { ok: true; type: 'parted' }
  | { ok: true; type: 'sent'; at: number; counter: number }
  | { ok: true; type: 'direct_delivered'; id: string; at: number }
  | { ok: false; refusal: Refusal };

/** The identity of a participant, as its key has signed it. The key identifies it; names are not unique. */
export interface Participant {
  readonly key: string;
  readonly exchange: string;
  readonly name: string;
}

/** `here`: those that our server lists; `count`: all on our server; `elsewhere`: all on other servers. */
export interface ChannelPresence {
  readonly channel: string;
  readonly here: readonly Participant[];
  readonly count: number;
  readonly elsewhere: number;
}

export type ChannelClientEvent =
  /** `away`: lost for `reason`; the client retries. `refused`: the client retries only after the next `connect`. */
  | { type: 'connection'; state: 'connecting' | 'open' | 'away' | 'refused' | 'asleep'; reason: string | null }
  /** `isMine`: signed by our key, in any client session. Key, client session and counter identify a message. */
  | {
      type: 'message';
      channel: string;
      from: Participant;
      clientSession: string;
      counter: number;
      text: string;
      at: number;
      isMine: boolean;
    }
  | { type: 'direct_message'; from: Participant; id: string; text: string; at: number }
  | { type: 'presence'; presence: ChannelPresence }
  /** Messages of the last `awayMs` are lost for us. Reported for each channel after each interruption. */
  | { type: 'missed'; channel: string; awayMs: number }
  /** The server refused to let us back into a channel. */
  | { type: 'removed'; channel: string; refusal: Refusal }
  /** A message with a time this far from our clock was dropped. Reported once for each connection. */
  | { type: 'clock_mismatch'; aheadMs: number }
  /** The server sent a forgery or a replay. Reported once for each connection. */
  | { type: 'forgery'; what: string };
