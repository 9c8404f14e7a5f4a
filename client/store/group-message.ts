// Converts a group message to and from a row of `messages`. Its conversation is that of the group, and two columns hold
// its visibility.

import type { StoredGroupMessage, Visibility } from '../../protocols/groups/member/group-store.js';
import type { StoredMessage, StoredState } from '../engine/core/store.js';
import { storedGroup } from '../engine/core/conversation-id.js';

export type VisibilityColumns = Pick<StoredMessage, 'shown' | 'after'>;

const COLUMNS: Record<Visibility, VisibilityColumns> = {
  held: { shown: false, after: 0 },
  shown: { shown: true, after: 0 },
  marked: { shown: true, after: 1 },
  hidden: { shown: false, after: 1 },
};

export function visibilityColumns(visibility: Visibility): VisibilityColumns {
  return COLUMNS[visibility];
}

export function visibilityOf({ shown, after }: VisibilityColumns): Visibility {
  if (shown) return after === 0 ? 'shown' : 'marked';
  return after === 0 ? 'held' : 'hidden';
}

export function toStoredMessage(group: string, message: StoredGroupMessage): StoredMessage {
  const { id, device, seq, lamport, at, text, mine, state, visibility } = message;
  const numbered = { device, seq, lamport, at };
  const fixed = { peer: storedGroup(group), kind: 'group', proof: null } as const;
  return { id, mine, ...fixed, ...numbered, text, state, ...COLUMNS[visibility] };
}

/** The group does not know `read`: whether I have read a message concerns only my own store. */
export function groupMessageState(state: StoredState): StoredGroupMessage['state'] {
  return state === 'queued' || state === 'held' || state === 'cancelled' ? state : 'delivered';
}
