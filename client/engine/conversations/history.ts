// The command `history`: one page of a conversation, the newest or the one before a message.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import { storedConversation } from '../core/conversation-id.js';
import type { CommandOf, Part } from '../core/part.js';
import type { People } from '../identity/people.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { ConversationNames } from './conversation-names.js';
import { historyMessage } from './history-message.js';
import type { Unread } from './unread.js';

interface Dependencies {
  readonly people: People;
  readonly pinnedKeys: PinnedKeys;
  readonly names: ConversationNames;
  readonly unread: Unread;
}

export class History implements Part {
  readonly commands = {
    history: (ref: number, command: CommandOf<'history'>) => this.history(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  private history(ref: number, { user: name, nameKind, limit, before }: CommandOf<'history'>): void {
    const id = this.parts.names.resolve(name, nameKind);
    if (id instanceof Refusal) return this.context.refuse(ref, id);
    if (id.type === 'person' && id.user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const stored = storedConversation(id);
    if (before !== null && this.context.store.message(before)?.peer !== stored) {
      return this.context.refuseWith(ref, 'MESSAGE_UNKNOWN', before);
    }
    const page = Math.min(Math.max(limit, 1), LIMITS.historyPageMax);
    const messages = this.context.store.history(stored, page, before);
    const isKnown = id.type === 'group' || this.parts.people.get(id.user) !== null;
    if (messages.length === 0 && !isKnown) return this.context.refuseWith(ref, 'NOT_FRIENDS', name);
    if (before === null) this.parts.unread.markRead(id);
    const { pinnedKeys } = this.parts;
    this.context.succeed(ref, 'history', {
      messages: messages.map((one) => historyMessage(this.context, pinnedKeys, one)),
    });
  }
}
