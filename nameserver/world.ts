// The edge of the name server: every input it may be given, every effect it asks for. `server.ts` performs them.

import type { Judged } from '../protocols/directory/judge.js';
import type { Listing } from '../protocols/groups/log/listing.js';
import type { Outcome } from '../protocols/kit/refusals.js';
import type { ServerFrame } from '../protocols/session/messages.js';
import type { Publishing } from './groups/group-list.js';
import type { Registration } from './registry.js';

/**
 * `session`, `ref`: numbers of the caller's, never used twice. `address`: without port. A frame that was not JSON:
 * `undefined`.
 */
export type ServerInput =
  | { kind: 'wake' }
  | { kind: 'opened'; session: number; address: string }
  | { kind: 'frame'; session: number; frame: unknown }
  | { kind: 'closed'; session: number }
  | ({ kind: 'register'; ref: number } & Registration)
  | ({ kind: 'publish'; ref: number } & Publishing);

export type ServerEffect =
  | { kind: 'send'; session: number; frame: ServerFrame }
  /** Close once what was sent has left; nothing more is sent. */
  | { kind: 'close'; session: number }
  | { kind: 'answer'; ref: number; outcome: Outcome<Judged> }
  | { kind: 'published'; ref: number; outcome: Outcome<Listing> }
  /** What a look-up of this name says is another thing now. */
  | { kind: 'changed'; name: string };
