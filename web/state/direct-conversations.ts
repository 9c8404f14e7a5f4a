// Conversations with one person: who spoke last stands first, and there are only so many of them.

import type { Participant } from '../../protocols/channels/client/io.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import {
  newDirectConversation,
  conversationTitle,
  directConversationId,
  withLineAdded,
  type PageConversation,
  type DirectConversation,
} from './conversations.js';
import { findConversation, type SessionState } from './session-state.js';

/** With the conversation with this person first among those; where there are too many, one gives way. */
export function withDirectConversation(state: SessionState, visitor: Participant, now: Instant): SessionState {
  const id = directConversationId(visitor.key);
  const known = findConversation(state, id);
  const first = known?.type === 'direct' ? renamed(known, visitor, now) : newDirectConversation(visitor);
  const channels = state.conversations.filter(({ type }) => type === 'channel');
  const others = state.conversations.filter((conversation) => conversation.type === 'direct' && conversation.id !== id);
  const gone = others.length < LIMITS.pageDirectConversationsMax ? undefined : givesWay(state, others);
  const conversations = [...channels, first, ...others.filter((conversation) => conversation !== gone)];
  return { ...state, conversations, notice: goneNotice(gone) ?? state.notice };
}

/** Whoever calls themselves differently under the same key says so in the conversation, where one can see it. */
function renamed(conversation: DirectConversation, visitor: Participant, now: Instant): DirectConversation {
  const { name } = conversation.with;
  if (name === visitor.name) return { ...conversation, with: visitor };
  const text = `${name} goes by the name ${visitor.name} now. The key is the same.`;
  return withLineAdded(
    { ...conversation, with: visitor },
    { type: 'note', id: `name ${visitor.name} ${now}`, text, at: now },
  );
}

/**
 * Strangers can begin as many as they like: those we took part in session, and the one that is looked at; of the others
 * first one that was read, and who was silent for longest.
 */
function givesWay({ current }: SessionState, conversations: readonly PageConversation[]): PageConversation | undefined {
  const isOurs = ({ lines }: PageConversation): boolean => lines.some((line) => line.type === 'text' && line.isMine);
  const elsewhere = conversations.filter(({ id }) => id !== current);
  const strangers = elsewhere.filter((conversation) => !isOurs(conversation));
  return strangers.findLast(({ unread }) => unread === 0) ?? strangers.at(-1) ?? elsewhere.at(-1);
}

/** What nobody has read does not go without a word. */
function goneNotice(gone: PageConversation | undefined): string | null {
  if (!gone || gone.unread === 0) return null;
  return `What ${conversationTitle(gone)} said in private gave way unread: too many people whisper at once.`;
}
