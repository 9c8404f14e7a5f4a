// The command `search`: finds messages by words, author, conversation and date.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import { readConversation, storedConversation } from '../core/conversation-id.js';
import type { CommandOf, Part } from '../core/part.js';
import type { Author } from '../core/store.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { ConversationNames } from './conversation-names.js';
import { historyMessage } from './history-message.js';

export class Search implements Part {
  readonly commands = {
    search: (ref: number, command: CommandOf<'search'>) => this.search(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly names: ConversationNames,
    private readonly pinnedKeys: PinnedKeys,
  ) {}

  private search(ref: number, { words, from, in: within, inKind, before }: CommandOf<'search'>): void {
    const place = within === null ? null : this.names.find(within, inKind);
    if (place instanceof Refusal) return this.context.refuse(ref, place);
    const peer = place === null ? null : storedConversation(place);
    const query = { words, author: this.authorOf(from), peer, before, limit: LIMITS.searchPage };
    const messages = this.context.store.search(query).map((found) => ({
      ...historyMessage(this.context, this.pinnedKeys, found),
      in: this.names.nameOf(readConversation(found.peer)),
    }));
    this.context.succeed(ref, 'search', { messages });
  }

  private authorOf(from: string | null): Author | null {
    if (from === null) return null;
    return from === this.context.me.name ? { type: 'me' } : { type: 'user', name: from, key: this.pinnedKeys.of(from) };
  }
}
