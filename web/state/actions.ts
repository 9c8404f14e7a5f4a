// What the user does, as changes of the session state. Each takes effect at once; the server answers later.

import type { Participant } from '../../protocols/channels/client/io.js';
import type { Instant } from '../../protocols/kit/machine.js';
import {
  channelConversationId,
  directConversationId,
  newChannelConversation,
  withLineAdded,
  type PageConversation,
} from './conversations.js';
import { withDirectConversation } from './direct-conversations.js';
import { withoutLine, type MessageLine } from './log-lines.js';
import {
  findConversation,
  pendingLineId,
  withConversation,
  type PendingRequest,
  type SessionState,
} from './session-state.js';

/** Shows a conversation and marks it as read. Its "New" mark stays until the user selects another one. */
export function select(state: SessionState, id: string | null): SessionState {
  const { current } = state;
  const left = current === null || current === id ? state : withConversation(state, current, withoutMark);
  const selected = { ...left, current: id };
  return id === null || !state.isVisible ? selected : withConversation(selected, id, asRead);
}

/** The page came to the front, or went behind another window. */
export function setVisible(state: SessionState, isVisible: boolean): SessionState {
  const { current } = state;
  if (current === null) return { ...state, isVisible };
  return withConversation({ ...state, isVisible }, current, isVisible ? asRead : withoutReadMark);
}

/** Adds a channel and selects it, before the server has answered. */
export function joinChannel(state: SessionState, ref: number, channel: string): SessionState {
  const id = channelConversationId(channel);
  const { conversations: before } = state;
  const isKnown = findConversation(state, id) !== null;
  const conversations = isKnown ? before : channelsFirst([...before, newChannelConversation(channel)]);
  return select(withPending({ ...state, conversations }, ref, { type: 'join', channel }), id);
}

/** Removes a channel, whatever the server answers. */
export function leaveChannel(state: SessionState, channel: string): SessionState {
  return withoutConversation(state, channelConversationId(channel));
}

/** Selects the direct messages with a person, and adds the conversation if it is new. */
export function openDirect(state: SessionState, participant: Participant, now: Instant): SessionState {
  return select(withDirectConversation(state, participant, now), directConversationId(participant.key));
}

/** Shows a message of ours as `sending`. */
export function sendMessage(
  state: SessionState,
  ref: number,
  message: { conversationId: string; text: string; at: Instant },
): SessionState {
  const { conversationId, text, at } = message;
  const id = pendingLineId(ref);
  const line: MessageLine = {
    ...{ type: 'message', id, from: state.me, text, at },
    ...{ isMine: true, status: { type: 'sending' } },
  };
  const waiting = withPending(state, ref, { type: 'send', conversationId, lineId: id });
  return withConversation(waiting, conversationId, (conversation) => withoutMark(withLineAdded(conversation, line)));
}

/** Removes a refused message from the log. */
export function dismissLine(state: SessionState, conversationId: string, lineId: string): SessionState {
  return withConversation(state, conversationId, (conversation) => ({
    ...conversation,
    lines: withoutLine(conversation.lines, lineId),
  }));
}

/** Removes the direct messages with a person. A new message from them adds the conversation again. */
export function closeDirect(state: SessionState, key: string): SessionState {
  return withoutConversation(state, directConversationId(key));
}

/** Removes a conversation. If it was selected, its neighbour is selected instead. */
function withoutConversation(state: SessionState, id: string): SessionState {
  const at = state.conversations.findIndex((conversation) => conversation.id === id);
  if (at < 0) return state;
  const conversations = state.conversations.filter((conversation) => conversation.id !== id);
  const neighbour = conversations[Math.min(at, conversations.length - 1)]?.id ?? null;
  const rest = { ...state, conversations };
  return state.current === id ? select({ ...rest, current: null }, neighbour) : rest;
}

function withPending(state: SessionState, ref: number, request: PendingRequest): SessionState {
  return { ...state, pending: new Map(state.pending).set(ref, request) };
}

function channelsFirst(conversations: readonly PageConversation[]): readonly PageConversation[] {
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
