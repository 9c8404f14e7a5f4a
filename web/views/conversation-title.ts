// What a conversation is called where a person has to know which one it is: the words of the key stand beside a name
// that is not the only one of its type.

import { useContext } from 'preact/hooks';
import type { PageSession } from '../session.js';
import { conversationTitle, type PageConversation } from '../state/conversations.js';
import { SharedNames } from './shared-names.js';

export function useConversationTitle(session: PageSession, conversation: PageConversation): string {
  const shared = useContext(SharedNames);
  if (conversation.type === 'channel' || !shared.has(conversation.with.name)) return conversationTitle(conversation);
  return `${conversationTitle(conversation)} (${session.fingerprint(conversation.with.key) ?? '…'})`;
}
