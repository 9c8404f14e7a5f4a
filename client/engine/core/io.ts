// The edge of the engine: every input it may be given and every effect it may ask for. `adapters.ts` performs most of
// them, `run.ts` the answers and events; so does the simulator.

import type { Command } from '../../../protocols/control/command.js';
import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { ChannelClientFrame } from '../../../protocols/channels/client-protocol.js';
import type { ClientFrame } from '../../../protocols/session/messages.js';
import type { SessionHello } from '../../../protocols/session/hello.js';
import type { Refusal } from '../../../protocols/kit/refusals.js';
import type { LogPosition } from '../../../protocols/groups/entry.js';
import type { Publication } from '../../../protocols/groups/frames.js';
import type { PublicGroup } from '../../../protocols/groups/log/listing.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { DialTarget, Endpoint } from './endpoint.js';
import type { PostEffect, PostInput } from './post-io.js';

/** A user as the name server lists it. Nothing here is believed before `record` was verified. */
export interface ListedUser {
  readonly name: string;
  readonly online: boolean;
  readonly lastSeen: number | null;
  readonly record: Signed;
}

/** A question to the name server's REST. */
export type Question =
  /** `server`: the pinned key of the name server, or null before it has one. */
  | { type: 'register'; name: string; record: Signed; server: string | null }
  | { type: 'users'; names: readonly string[] }
  | { type: 'online'; after: string | null }
  | { type: 'groups'; after: string | null }
  | { type: 'group'; name: string }
  | { type: 'publish'; name: string; publication: Publication };

/** `away`: no answer could be had, and why. */
export type QuestionAnswer =
  | { type: 'registered'; isNew: boolean }
  | { type: 'users'; users: readonly ListedUser[] }
  | { type: 'online'; names: readonly string[]; next: string | null }
  | { type: 'groups'; groups: readonly PublicGroup[]; next: string | null }
  | { type: 'group'; group: PublicGroup }
  | { type: 'published'; head: LogPosition }
  | { type: 'refused'; refusal: Refusal }
  | { type: 'away'; reason: string };

/**
 * `ref`, `session`, `dial`: numbers that the engine chose, carried back. `link`: a number that the host chose, never
 * used twice in a run. `exporter`: of the TLS connection, null without TLS 1.3. Frames come as parsed JSON, `undefined`
 * if it was none; who sent them is the link's or session's proof.
 */
/** An open link with a device of a user, which outlives the device of ours that opened it. */
export interface KeptLink {
  readonly link: number;
  readonly user: string;
  readonly device: string;
}

export type Input =
  | { type: 'wake' }
  /** The driver's last input of a batch, before it commits: what is sent by the batch leaves here. */
  | { type: 'turn_over' }
  | { type: 'command'; ref: number; command: Command }
  | { type: 'network'; endpoints: readonly Endpoint[] }
  | { type: 'answered'; ref: number; answer: QuestionAnswer }
  | { type: 'session_opened'; session: number; exporter: string | null }
  | { type: 'session_frame'; session: number; frame: unknown }
  | { type: 'session_closed'; session: number; reason: string }
  | { type: 'channel_opened'; connection: number; exporter: string | null }
  | { type: 'channel_frame'; connection: number; frame: unknown }
  | { type: 'channel_closed'; connection: number; reason: string }
  /** There is no connection to channels at this server. */
  | { type: 'channel_refused'; connection: number; refusal: Refusal }
  | { type: 'sealed'; ref: number; body: string | null }
  | { type: 'unsealed'; ref: number; plain: string | null }
  /**
   * A caller proved its device. `record`: shown by the caller and unverified, null if it showed none. Answered by
   * `knock_admit` or `knock_ignore`.
   */
  | { type: 'knocked'; knock: number; purpose: 'link' | 'posts'; device: string; record: Signed | null }
  | { type: 'link_opened'; link: number; dial: number | null; peerKey: string; from: Endpoint; exported: Uint8Array }
  /** An open link of the device before this one. */
  | ({ type: 'link_kept' } & KeptLink)
  | { type: 'dial_failed'; dial: number; reason: string }
  | { type: 'link_frame'; link: number; frame: unknown }
  | { type: 'link_closed'; link: number; reason: string }
  | { type: 'datagram'; from: Endpoint; bytes: Uint8Array }
  | PostInput;

export type Effect =
  | { type: 'answer'; ref: number; answer: Answer }
  | { type: 'event'; event: ClientEvent }
  | { type: 'ask'; ref: number; question: Question }
  | { type: 'session_open'; session: number; hello: SessionHello }
  | { type: 'session_send'; session: number; frame: ClientFrame }
  | { type: 'session_close'; session: number }
  /** The connection to the channels of the name server. */
  | { type: 'channel_open'; connection: number }
  | { type: 'channel_send'; connection: number; frame: ChannelClientFrame }
  | { type: 'channel_close'; connection: number }
  /** HPKE: `exchange` is the recipient's public X25519 key, `info` what it is for; answered by `sealed`. */
  | { type: 'seal'; ref: number; exchange: string; plain: string; info: string }
  /** With this secret X25519 key, or our exchange key if it is null; answered by `unsealed`. */
  | { type: 'unseal'; ref: number; secret: string | null; body: string; info: string }
  /**
   * An old copy of our data is running: make new device and exchange keys, durably, and build the engine anew with them
   * on the same store. Commands without an answer are to be given again; `online`: and we want to be online. `links`
   * stay open for the next engine: each enters it as `link_kept`.
   */
  | { type: 'renew_device'; online: boolean; links: readonly KeptLink[] }
  /** The caller may know who we are: our device is proven to it. */
  | { type: 'knock_admit'; knock: number }
  /** The caller gets nothing. */
  | { type: 'knock_ignore'; knock: number }
  /**
   * Knocks at the endpoints with our `record`; the first where the `device` answers wins. Answered by `link_opened` or
   * `dial_failed`.
   */
  | ({ type: 'dial'; dial: number; isOffered: boolean } & DialTarget)
  | { type: 'link_send'; link: number; frame: object }
  /** The peer has been let in: frames up to 256 KiB from here on. */
  | { type: 'link_widen'; link: number }
  /** Closes after what was sent has left. */
  | { type: 'link_close'; link: number }
  | { type: 'datagram'; to: Endpoint; bytes: Uint8Array }
  | PostEffect;
