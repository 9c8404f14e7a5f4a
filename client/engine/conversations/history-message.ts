// A stored message as the commands `history` and `search` show it.

import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import { isoTime, type Context } from '../core/context.js';
import type { StoredMessage } from '../core/store.js';

export function historyMessage({ me, store }: Context, message: StoredMessage): HistoryMessage {
  const { id, peer, mine, text, at, kind, state, shown, after } = message;
  const from = mine ? me.name : (store.authorOf(message) ?? peer);
  const line = { id, from, text, at: isoTime(at), kind, state };
  return kind === 'group' && shown && after > 0 ? { ...line, gap: true } : line;
}
