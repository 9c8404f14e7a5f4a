// The edge of the name server: every input it may be given, every effect it asks for. `server.ts` performs them.

import type { VerifiedRecord } from '../protocols/directory/record-verification.js';
import type { Listing } from '../protocols/groups/log/listing.js';
import type { Outcome } from '../protocols/kit/refusals.js';
import type { ServerFrame } from '../protocols/session/messages.js';
import type { PublicationRequest } from './groups/group-list.js';
import type { RegistrationRequest } from './registry.js';

/**
 * `session`, `ref`: numbers of the caller's, never used twice. `address`: without port. A frame that was not JSON:
 * `undefined`.
 */
export type ServerInput =
  | { type: 'wake' }
  | { type: 'opened'; session: number; address: string }
  | { type: 'frame'; session: number; frame: unknown }
  | { type: 'closed'; session: number }
  | ({ type: 'register'; ref: number } & RegistrationRequest)
  | ({ type: 'publish'; ref: number } & PublicationRequest);

export type ServerEffect =
  | { type: 'send'; session: number; frame: ServerFrame }
  /** Close once what was sent has left; nothing more is sent. */
  | { type: 'close'; session: number }
  | { type: 'register_result'; ref: number; outcome: Outcome<VerifiedRecord> }
  | { type: 'publish_result'; ref: number; outcome: Outcome<Listing> }
  /** What a look-up of this name says is another thing now. */
  | { type: 'user_changed'; name: string };
