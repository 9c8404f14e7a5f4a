// The content of an export. Messages are read from the store as they are written.

import type { Person, StoredMessage } from '../../engine/core/store.js';

/**
 * `from`: the author. `otherKey`: the fingerprint of the author's key in a group, if another key is known for this
 * name.
 */
export type ExportedMessage = StoredMessage & { readonly from: string; readonly otherKey?: string };

/** `group`: the id of a group; null for the conversation with one person. */
export interface ExportedConversation {
  readonly peer: string;
  readonly name: string;
  readonly group: string | null;
}

export interface ExportContent {
  readonly user: string;
  /** Public identity key, base64url. */
  readonly key: string;
  /** The time of the export, ISO 8601 UTC. */
  readonly at: string;
  readonly people: readonly Person[];
  /** All conversations that have a message. */
  readonly conversations: readonly ExportedConversation[];
  /** The messages of one conversation, the oldest first. */
  readonly messages: (peer: string) => Iterable<ExportedMessage>;
}
