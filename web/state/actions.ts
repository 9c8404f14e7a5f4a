// What the person does at the page, and what it changes at once: going somewhere, withRequest, putting away.

import type { Participant } from '../../protocols/channels/client/io.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { withoutLine, type MessageLine } from './log-lines.js';
import {
  channelConversationId,
  newChannelConversation,
  directConversationId,
  withLineAdded,
  type PageConversation,
} from './conversations.js';
import {
  pendingLineId,
  findConversation,
  withConversation,
  type SessionState,
  type PendingRequest,
} from './session-state.js';
import { withDirectConversation } from './direct-conversations.js';

/** Looks at a conversation: what was unread there is read. The mark of what was new stays until one leaves. */
export function selected(state: SessionState, id: string | null): SessionState {
  const { current } = state;
  const left = current === null || current === id ? state : withConversation(state, current, withoutMark);
  const arrived = { ...left, current: id };
  return id === null || !state.isVisible ? arrived : withConversation(arrived, id, asRead);
}

/** The page came to the front, or went behind. */
export function withVisibility(state: SessionState, isVisible: boolean): SessionState {
  const { current } = state;
  if (current === null) return { ...state, isVisible };
  return withConversation({ ...state, isVisible }, current, isVisible ? asRead : withoutReadMark);
}

/** Begins a channel and goes there; whether we are let in comes later. */
export function joining(state: SessionState, ref: number, channel: string): SessionState {
  const id = channelConversationId(channel);
  const known = findConversation(state, id) !== null;
  const conversations = known
    ? state.conversations
    : inOrder([...state.conversations, newChannelConversation(channel)]);
  return selected(withRequest({ ...state, conversations }, ref, { type: 'join', channel }), id);
}

/** Away from it at once, whatever the server says. */
export function parted(state: SessionState, channel: string): SessionState {
  return withoutConversation(state, channelConversationId(channel));
}

/** Begins a conversation with one person, and goes there. */
export function directOpened(state: SessionState, visitor: Participant, now: Instant): SessionState {
  return selected(withDirectConversation(state, visitor, now), directConversationId(visitor.key));
}

/** What we say stands in its conversation at once, and says that it is on its way. */
export function saying(
  state: SessionState,
  ref: number,
  said: { conversationId: string; text: string; at: Instant },
): SessionState {
  const { conversationId, text, at } = said;
  const id = pendingLineId(ref);
  const own: MessageLine = { type: 'text', id, from: state.me, text, at, isMine: true, status: { type: 'sending' } };
  const wished = withRequest(state, ref, { type: 'say', conversationId, lineId: id });
  return withConversation(wished, conversationId, (conversation) => withoutMark(withLineAdded(conversation, own)));
}

/** Takes what was refused out of the log. */
export function dismissLine(state: SessionState, conversationId: string, lineId: string): SessionState {
  return withConversation(state, conversationId, (conversation) => ({
    ...conversation,
    lines: withoutLine(conversation.lines, lineId),
  }));
}

/** Ends a conversation with one person here; they can begin it anew. */
export function directClosed(state: SessionState, key: string): SessionState {
  return withoutConversation(state, directConversationId(key));
}

/** Without a conversation; who looked at it looks at its neighbour. */
function withoutConversation(state: SessionState, id: string): SessionState {
  const at = state.conversations.findIndex((conversation) => conversation.id === id);
  if (at < 0) return state;
  const conversations = state.conversations.filter((conversation) => conversation.id !== id);
  const neighbour = conversations[Math.min(at, conversations.length - 1)]?.id ?? null;
  return state.current === id
    ? selected({ ...state, conversations, current: null }, neighbour)
    : { ...state, conversations };
}

function withRequest(state: SessionState, ref: number, request: PendingRequest): SessionState {
  return { ...state, pending: new Map(state.pending).set(ref, request) };
}

function inOrder(conversations: readonly PageConversation[]): readonly PageConversation[] {
  return [...conversations.filter(isChannel), ...conversations.filter((conversation) => !isChannel(conversation))];
}

function isChannel({ type }: PageConversation): boolean {
  return type === 'channel';
}

function asRead(conversation: PageConversation): PageConversation {
  return { ...conversation, unread: 0 };
}

function withoutMark(conversation: PageConversation): PageConversation {
  return { ...conversation, firstNewId: null };
}

function withoutReadMark(conversation: PageConversation): PageConversation {
  return conversation.unread === 0 ? withoutMark(conversation) : conversation;
}
