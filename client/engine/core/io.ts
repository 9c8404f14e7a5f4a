// The edge of the engine: every input it may be given and every effect it may ask for. `run.ts` performs them; so
// does the simulator.

import type { Command } from '../../../protocols/control/command.js';
import type { Answer, ClientEvent } from '../../../protocols/control/answer.js';
import type { ChannelClientFrame } from '../../../protocols/channels/client-protocol.js';
import type { ClientFrame } from '../../../protocols/session/messages.js';
import type { Refusal } from '../../../protocols/kit/refusals.js';
import type { Place, Policy } from '../../../protocols/groups/entry.js';
import type { Publication } from '../../../protocols/groups/frames.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { PostEffect, PostInput } from './post-io.js';

/** Where a device can be reached: an IP address or host name, and the port its TCP listener and UDP socket share. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A user as the name server lists it. Nothing here is believed before `record` was verified. */
export interface ListedUser {
  readonly name: string;
  readonly online: boolean;
  readonly lastSeen: number | null;
  readonly record: Signed;
}

/** A public group as the name server lists it. `deputies`: who is asked where the leader is away, in order. */
export interface ListedGroup {
  readonly group: string;
  readonly name: string;
  readonly leader: string;
  readonly deputies: readonly string[];
  readonly members: readonly string[];
  readonly head: Place;
  readonly policy: Policy;
}

/** A question to the name server's REST. */
export type Question =
  | { ask: 'register'; name: string; record: Signed }
  | { ask: 'users'; names: readonly string[] }
  | { ask: 'online'; after: string | null }
  | { ask: 'groups'; after: string | null }
  | { ask: 'group'; name: string }
  | { ask: 'publish'; name: string; publication: Publication };

/** `away`: no answer could be had, and why. */
export type QuestionAnswer =
  | { answer: 'registered'; isNew: boolean }
  | { answer: 'users'; users: readonly ListedUser[] }
  | { answer: 'online'; names: readonly string[]; next: string | null }
  | { answer: 'groups'; groups: readonly ListedGroup[]; next: string | null }
  | { answer: 'group'; group: ListedGroup }
  | { answer: 'published'; head: Place }
  | { answer: 'refused'; refusal: Refusal }
  | { answer: 'away'; reason: string };

/**
 * `ref`, `session`, `dial`, `door`: numbers the engine chose, carried back. `link`: a number the world chose, never
 * used twice in a run. Frames come as parsed JSON, `undefined` where it was none; who sent them is the link's or
 * session's proof.
 */
export type Input =
  | { kind: 'wake' }
  /** The driver's last input of a batch, before it commits: what is sent by the batch leaves here. */
  | { kind: 'turn_over' }
  | { kind: 'command'; ref: number; command: Command }
  | { kind: 'network'; endpoints: readonly Endpoint[] }
  | { kind: 'answered'; ref: number; answer: QuestionAnswer }
  | { kind: 'session_opened'; session: number }
  | { kind: 'session_frame'; session: number; frame: unknown }
  | { kind: 'session_closed'; session: number; reason: string }
  | { kind: 'door_opened'; door: number }
  | { kind: 'door_frame'; door: number; frame: unknown }
  | { kind: 'door_closed'; door: number; reason: string }
  /** There is no door to channels at this server. */
  | { kind: 'door_refused'; door: number; refusal: Refusal }
  | { kind: 'sealed'; ref: number; body: string | null }
  | { kind: 'unsealed'; ref: number; plain: string | null }
  | { kind: 'link_opened'; link: number; dial: number | null; peerKey: string; from: Endpoint; exported: Uint8Array }
  | { kind: 'dial_failed'; dial: number; reason: string }
  | { kind: 'link_frame'; link: number; frame: unknown }
  | { kind: 'link_closed'; link: number; reason: string }
  | { kind: 'datagram'; from: Endpoint; bytes: Uint8Array }
  | PostInput;

export type Effect =
  | { kind: 'answer'; ref: number; answer: Answer }
  | { kind: 'event'; event: ClientEvent }
  | { kind: 'ask'; ref: number; question: Question }
  | { kind: 'session_open'; session: number }
  | { kind: 'session_send'; session: number; frame: ClientFrame }
  | { kind: 'session_close'; session: number }
  /** The door to the channels of the name server. */
  | { kind: 'door_open'; door: number }
  | { kind: 'door_send'; door: number; frame: ChannelClientFrame }
  | { kind: 'door_close'; door: number }
  /** HPKE: `exchange` is the recipient's public exchange key, `info` what it is for; answered by `sealed`. */
  | { kind: 'seal'; ref: number; exchange: string; plain: string; info: string }
  /** With our own exchange key; answered by `unsealed`. */
  | { kind: 'unseal'; ref: number; body: string; info: string }
  /**
   * An old copy of our data is running: make new device and exchange keys, durably, and build the engine anew with them
   * on the same store. Commands without an answer are to be given again; `online`: and we want to be online.
   */
  | { kind: 'renew_device'; online: boolean }
  /**
   * Tries the endpoints; the first where one of the `devices` answers wins. Answered by `link_opened` or
   * `dial_failed`.
   */
  | { kind: 'dial'; dial: number; endpoints: readonly Endpoint[]; devices: readonly string[] }
  | { kind: 'link_send'; link: number; frame: object }
  /** The peer has been let in: frames up to 256 KiB from here on. */
  | { kind: 'link_widen'; link: number }
  /** Closes after what was sent has left. */
  | { kind: 'link_close'; link: number }
  | { kind: 'datagram'; to: Endpoint; bytes: Uint8Array }
  | PostEffect;
