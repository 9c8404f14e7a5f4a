// The command `search`: finds messages by words, author, conversation and date.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import { readConversation, storedConversation } from '../core/conversation-id.js';
import type { CommandOf, Part } from '../core/part.js';
import type { ConversationNames } from './conversation-names.js';
import { historyMessage } from './history-message.js';

export class Search implements Part {
  readonly commands = {
    search: (ref: number, command: CommandOf<'search'>) => this.search(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly names: ConversationNames,
  ) {}

  /** What two people say is between them: from one and in a conversation with another is nothing. */
  private search(ref: number, { words, from, in: within, before }: CommandOf<'search'>): void {
    const mine = from === null ? null : from === this.context.me.name;
    const place = within === null ? null : this.names.find(within);
    const stored = place === null ? null : storedConversation(place);
    const peer = mine === false && place?.type !== 'group' ? from : stored;
    const query = { words, mine, peer, before, limit: LIMITS.searchPage };
    const isPossible = stored === null || peer === stored;
    const found = isPossible ? this.context.store.search(query) : [];
    const messages = found
      .map((one) => ({ ...historyMessage(this.context, one), in: this.names.nameOf(readConversation(one.peer)) }))
      .filter((line) => from === null || line.from === from);
    this.context.succeed(ref, 'search', { messages });
  }
}
