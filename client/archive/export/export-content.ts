// What there is to export, read bit by bit as it is asked for.

import type { Person, StoredMessage } from '../../engine/core/store.js';

/** `from`: whoever wrote it. */
export type ExportedMessage = StoredMessage & { readonly from: string };

/** `group`: its id, where it is one. */
export interface ExportedConversation {
  readonly peer: string;
  readonly name: string;
  readonly group: string | null;
}

export interface ExportContent {
  readonly user: string;
  /** Public identity key, base64url. */
  readonly key: string;
  /** When it was exported, ISO 8601 UTC. */
  readonly at: string;
  readonly people: readonly Person[];
  /** With whom, or in which groups, something was said. */
  readonly conversations: readonly ExportedConversation[];
  /** Of one conversation, the oldest first. */
  readonly messages: (peer: string) => Iterable<ExportedMessage>;
}
