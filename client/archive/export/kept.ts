// What there is to export, read bit by bit as it is asked for.

import type { Person, StoredMessage } from '../../engine/store.js';

export interface Kept {
  readonly user: string;
  /** Public identity key, base64url. */
  readonly key: string;
  /** When it was exported, ISO 8601 UTC. */
  readonly at: string;
  readonly people: readonly Person[];
  /** With whom something was said. */
  readonly peers: readonly string[];
  /** Of one conversation, the oldest first. */
  readonly messages: (peer: string) => Iterable<StoredMessage>;
}
