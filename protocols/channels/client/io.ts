// The edge of a visitor: every input the client side of channels may be given, every effect it asks for.
//
// Signing, verifying and sealing are effects, because a browser does them asynchronously. Answers may come in any
// order; what was heard is told in the order in which it came. Effects are performed in their order, and what they
// cause at once is given after the last of them.

import type { Refusal } from '../../kit/refusals.js';
import type { Signed, SignedType } from '../../kit/signed.js';
import type { ChannelClientFrame } from '../client-protocol.js';

/** `door`, `ref` of effects: numbers of the visitor's, carried back. `ref` of wishes: of the asker's. */
export type ChannelClientInput =
  | { kind: 'wake' }
  /** Be connected from now on, whatever it takes; or be so no more. */
  | { kind: 'awake' }
  | { kind: 'asleep' }
  | { kind: 'join'; ref: number; channel: string }
  | { kind: 'part'; ref: number; channel: string }
  | { kind: 'say'; ref: number; channel: string; text: string }
  /** `to`: the key of somebody whose card or words we have. */
  | { kind: 'whisper'; ref: number; to: string; text: string }
  | { kind: 'door_opened'; door: number }
  | { kind: 'door_frame'; door: number; frame: unknown }
  | { kind: 'door_closed'; door: number; reason: string }
  /** Instead of `door_closed`: there is no such door, and trying again is of no use (CHANNELS_OFF). */
  | { kind: 'door_refused'; door: number; refusal: Refusal }
  | { kind: 'signed'; ref: number; signature: string }
  | { kind: 'verified'; ref: number; holds: boolean }
  | { kind: 'sealed'; ref: number; body: string | null }
  | { kind: 'unsealed'; ref: number; plain: string | null };

export type ChannelClientEffect =
  | { kind: 'door_open'; door: number }
  | { kind: 'door_send'; door: number; frame: ChannelClientFrame }
  | { kind: 'door_close'; door: number }
  /** With our key. The signature is over `"kith/<type>/1\0" ‖ payload` (kit/signed.ts). */
  | { kind: 'sign'; ref: number; type: SignedType; payload: string }
  | { kind: 'verify'; ref: number; type: SignedType; signed: Signed; key: string }
  /** HPKE with WHISPER_INFO, padded as letters are. `exchange`: the recipient's. */
  | { kind: 'seal'; ref: number; exchange: string; plain: string }
  /** With our own exchange key. */
  | { kind: 'unseal'; ref: number; body: string }
  | { kind: 'answer'; ref: number; answer: ChannelClientAnswer }
  | { kind: 'news'; news: ChannelClientEvent };

/** One for each wish. A `say` is answered once its server has taken it, a `whisper` once the other has heard it. */
export type ChannelClientAnswer =
  | { ok: true; done: 'joined'; presence: ChannelPresence }
  | { ok: true; done: 'parted' }
  | { ok: true; done: 'said'; at: number; counter: number }
  | { ok: true; done: 'whispered'; id: string; at: number }
  | { ok: false; refusal: Refusal };

/** Somebody, as they say and prove. Two with one name are two where their keys differ. */
export interface Participant {
  readonly key: string;
  readonly exchange: string;
  readonly name: string;
}

/** `here`: on our server, as far as it lists them; `count`: all on our server; `elsewhere`: on others. */
export interface ChannelPresence {
  readonly channel: string;
  readonly here: readonly Participant[];
  readonly count: number;
  readonly elsewhere: number;
}

export type ChannelClientEvent =
  /** `away`: `reason` says why, and it is tried again. `refused`: it is not tried again until `awake` comes anew. */
  | { news: 'connection'; state: 'connecting' | 'open' | 'away' | 'refused' | 'asleep'; reason: string | null }
  /** `isMine`: said by this key, in this life or another. `life` and `counter` name it uniquely, with the key. */
  | {
      news: 'said';
      channel: string;
      from: Participant;
      life: string;
      counter: number;
      text: string;
      at: number;
      isMine: boolean;
    }
  | { news: 'whispered'; from: Participant; id: string; text: string; at: number }
  | { news: 'presence'; presence: ChannelPresence }
  /** What was said in between is not kept by anybody: told after each time we were away, for each channel. */
  | { news: 'missed'; channel: string; awayMs: number }
  /** A server let us into a channel no more, though we had been in it. */
  | { news: 'lost'; channel: string; refusal: Refusal }
  /** Something bears a time that is so far from ours, and is not shown. Told once in a connection. */
  | { news: 'untimely'; aheadMs: number }
  /** A server showed us something that nobody signed, or the same again. Told once in a connection. */
  | { news: 'forgery'; what: string };
