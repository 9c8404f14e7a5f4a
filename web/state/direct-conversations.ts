// The list of direct conversations: the latest first, and bounded, because strangers can start them.

import type { Participant } from '../../protocols/channels/client/io.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import {
  conversationTitle,
  directConversationId,
  newDirectConversation,
  withLineAdded,
  type DirectConversation,
  type PageConversation,
} from './conversations.js';
import { findConversation, type SessionState } from './session-state.js';

/** Moves the conversation with a person to the front, or adds it. Beyond the bound it removes another one. */
export function withDirectConversation(state: SessionState, participant: Participant, now: Instant): SessionState {
  const id = directConversationId(participant.key);
  const known = findConversation(state, id);
  const first = known?.type === 'direct' ? renamed(known, participant, now) : newDirectConversation(participant);
  const channels = state.conversations.filter(({ type }) => type === 'channel');
  const others = state.conversations.filter((conversation) => conversation.type === 'direct' && conversation.id !== id);
  const removed = others.length < LIMITS.pageDirectConversationsMax ? undefined : leastWanted(state, others);
  const conversations = [...channels, first, ...others.filter((conversation) => conversation !== removed)];
  return { ...state, conversations, notice: removalNotice(removed) ?? state.notice };
}

/** Notes a change of name under the same key in the log. */
function renamed(conversation: DirectConversation, participant: Participant, now: Instant): DirectConversation {
  const { name } = conversation.with;
  if (name === participant.name) return { ...conversation, with: participant };
  const text = `${name} is now called ${participant.name}. The key is the same.`;
  return withLineAdded(
    { ...conversation, with: participant },
    { type: 'note', id: `name ${participant.name} ${now}`, text, at: now },
  );
}

/**
 * The conversation to remove: never the selected one, and one in which the user wrote only as a last resort. Among the
 * others a read one goes before an unread one, and the one that is silent for longest goes first.
 */
function leastWanted(
  { current }: SessionState,
  conversations: readonly PageConversation[],
): PageConversation | undefined {
  const hasOwnMessage = ({ lines }: PageConversation): boolean =>
    lines.some((line) => line.type === 'message' && line.isMine);
  const notSelected = conversations.filter(({ id }) => id !== current);
  const oneSided = notSelected.filter((conversation) => !hasOwnMessage(conversation));
  return oneSided.findLast(({ unread }) => unread === 0) ?? oneSided.at(-1) ?? notSelected.at(-1);
}

/** The user is told when unread messages are removed. */
function removalNotice(removed: PageConversation | undefined): string | null {
  if (!removed || removed.unread === 0) return null;
  const name = conversationTitle(removed);
  return `Unread direct messages from ${name} were removed: too many people write to you at once.`;
}
