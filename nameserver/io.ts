// Inputs and effects of the name server's core. `server.ts` feeds the inputs and performs the effects.

import type { VerifiedRecord } from '../protocols/directory/record-verification.js';
import type { Listing } from '../protocols/groups/log/listing.js';
import type { Outcome } from '../protocols/kit/refusals.js';
import type { ServerFrame } from '../protocols/session/messages.js';
import type { PublicationRequest } from './groups/group-list.js';
import type { RegistrationRequest } from './registry.js';

/**
 * The connection of a client. `address`: IP address without port; `exporter`: of TLS 1.3, else null; `hello`: the
 * parameters of its upgrade request.
 */
export interface ClientSocket {
  readonly address: string;
  readonly exporter: string | null;
  readonly hello: unknown;
}

/** `session`, `ref`: numbers chosen by the caller and never reused. `frame`: `undefined` if the bytes were not JSON. */
export type ServerInput =
  | { type: 'wake' }
  /** The disk or the database has no room, or has room again. */
  | { type: 'space'; isLow: boolean }
  | ({ type: 'opened'; session: number } & ClientSocket)
  | { type: 'frame'; session: number; frame: unknown }
  | { type: 'closed'; session: number }
  | ({ type: 'register'; ref: number } & RegistrationRequest)
  | ({ type: 'publish'; ref: number } & PublicationRequest);

export type ServerEffect =
  | { type: 'send'; session: number; frame: ServerFrame }
  /** Close the socket after flushing the frames sent before. No frame follows. */
  | { type: 'close'; session: number }
  | { type: 'register_result'; ref: number; outcome: Outcome<VerifiedRecord> }
  | { type: 'publish_result'; ref: number; outcome: Outcome<Listing> }
  /** The look-up result of this name has changed: cached copies are stale. */
  | { type: 'user_changed'; name: string };
