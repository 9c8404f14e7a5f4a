// The title of a conversation where it must be unambiguous: a shared name is followed by the fingerprint of the key.

import { useContext } from 'preact/hooks';
import type { PageSession } from '../session.js';
import { conversationTitle, type PageConversation } from '../state/conversations.js';
import { SharedNames } from './shared-names.js';

export function useConversationTitle(session: PageSession, conversation: PageConversation): string {
  const shared = useContext(SharedNames);
  const title = conversationTitle(conversation);
  if (conversation.type === 'channel' || !shared.has(conversation.with.name)) return title;
  return `${title} (${session.fingerprint(conversation.with.key) ?? '…'})`;
}
