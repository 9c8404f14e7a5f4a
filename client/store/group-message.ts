// How a message to a group lies among the others: its conversation is the group's, and its sight two columns.

import type { StoredGroupMessage, Visibility } from '../../protocols/groups/member/group-store.js';
import { groupPeer, type StoredMessage, type StoredState } from '../engine/core/store.js';

export type SightColumns = Pick<StoredMessage, 'shown' | 'after'>;

const SIGHTS: Record<Visibility, SightColumns> = {
  held: { shown: false, after: 0 },
  shown: { shown: true, after: 0 },
  marked: { shown: true, after: 1 },
  hidden: { shown: false, after: 1 },
};

export function sightColumns(sight: Visibility): SightColumns {
  return SIGHTS[sight];
}

export function sightOf({ shown, after }: SightColumns): Visibility {
  if (shown) return after === 0 ? 'shown' : 'marked';
  return after === 0 ? 'held' : 'hidden';
}

export function toStoredMessage(group: string, message: StoredGroupMessage): StoredMessage {
  const { id, device, seq, lamport, at, text, mine, state, visibility: sight } = message;
  const numbered = { device, seq, lamport, at };
  return { id, peer: groupPeer(group), mine, kind: 'group', ...numbered, text, state, ...SIGHTS[sight] };
}

/** That I have read what others wrote is no matter of the group's. */
export function groupMessageState(state: StoredState): StoredGroupMessage['state'] {
  return state === 'queued' || state === 'held' || state === 'cancelled' ? state : 'delivered';
}
