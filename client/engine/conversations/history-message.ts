// A stored message as the commands `history` and `search` show it.

import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import { isoTime, type Context } from '../core/context.js';
import type { StoredMessage } from '../core/store.js';

export function historyMessage({ me, store }: Context, pinnedKeys: PinnedKeys, message: StoredMessage): HistoryMessage {
  const { id, peer, mine, text, at, kind, state, shown, after } = message;
  const author = mine ? null : store.authorOf(message);
  const otherKey = author && pinnedKeys.otherKey(author.name, author.key);
  const line = { id, from: mine ? me.name : (author?.name ?? peer), text, at: isoTime(at), kind, state };
  const hasGap = kind === 'group' && shown && after > 0;
  const remembered = state === 'remembered' ? { rememberedBy: peer } : {};
  return { ...line, ...(hasGap ? { gap: true } : {}), ...(otherKey === null ? {} : { otherKey }), ...remembered };
}
