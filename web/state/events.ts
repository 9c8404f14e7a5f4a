// What the channel client reports (protocols/channels), as changes of the session state.

import type { ChannelClientAnswer, ChannelClientEvent } from '../../protocols/channels/client/io.js';
import { assertNever, type Instant } from '../../protocols/kit/machine.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import {
  channelConversationId,
  directConversationId,
  withIncoming,
  withLineAdded,
  withUnread,
  type ChannelMembership,
} from './conversations.js';
import { withDirectConversation } from './direct-conversations.js';
import { duration, missedSentence, refusalSentence } from './format.js';
import { withoutLine, withStatus, type MessageLine, type StatusChange } from './log-lines.js';
import {
  channelLineId,
  findConversation,
  isOnScreen,
  withConversation,
  withNotice,
  type PendingRequest,
  type SessionState,
} from './session-state.js';

type EventOf<K extends ChannelClientEvent['type']> = Extract<ChannelClientEvent, { type: K }>;
type SendRequest = Extract<PendingRequest, { type: 'send' }>;

export function afterEvent(state: SessionState, event: ChannelClientEvent, now: Instant): SessionState {
  switch (event.type) {
    case 'connection':
      return connectionChanged(state, event);
    case 'message':
      return channelMessage(state, event);
    case 'direct_message':
      return directMessage(state, event, now);
    case 'presence':
      return withMembership(state, event.presence.channel, { type: 'in', presence: event.presence });
    case 'missed':
      return withNote(state, channelConversationId(event.channel), missedSentence(event.awayMs), now);
    case 'removed':
      return notInChannel(state, event.channel, event.refusal, now);
    case 'clock_mismatch':
      return withNotice(state, refusalSentence(new Refusal('CHANNEL_UNTIMELY', duration(Math.abs(event.aheadMs)))));
    case 'forgery':
      return withNotice(state, refusalSentence(new Refusal('CHANNEL_FORGERY', event.what)));
    default:
      return assertNever(event);
  }
}

/** Applies the answer to a request. Each request gets one answer. */
export function afterAnswer(state: SessionState, ref: number, answer: ChannelClientAnswer, now: Instant): SessionState {
  const request = state.pending.get(ref);
  if (!request) return state;
  const pending = new Map(state.pending);
  pending.delete(ref);
  const rest = { ...state, pending };
  if (request.type === 'send') return sendAnswered(rest, request, answer);
  return answer.ok ? rest : joinRefused(rest, request.channel, answer.refusal, now);
}

/** Without a connection the page does not know who is in a channel. */
function connectionChanged(state: SessionState, event: EventOf<'connection'>): SessionState {
  const connection = { state: event.state, reason: event.reason && sanitize(event.reason) };
  if (event.state === 'open') return { ...state, connection };
  const conversations = state.conversations.map((conversation) =>
    conversation.type === 'channel' && conversation.membership.type === 'in'
      ? { ...conversation, membership: { type: 'joining' as const } }
      : conversation,
  );
  return { ...state, connection, conversations };
}

/** A message of ours comes back from the server, and takes its place in the order that everyone sees. */
function channelMessage(state: SessionState, event: EventOf<'message'>): SessionState {
  const { channel, from, clientSession, counter, text, at, isMine } = event;
  const id = channelLineId({ key: from.key, clientSession, counter });
  const conversationId = channelConversationId(channel);
  const message = { type: 'message', id, from, text, at } as const;
  if (!isMine) return messageReceived(state, conversationId, { ...message, isMine });
  return withConversation(state, conversationId, (conversation) => {
    const others = withoutLine(conversation.lines, id); // the line with the status `sent`
    return withLineAdded({ ...conversation, lines: others }, { ...message, isMine, status: { type: 'confirmed' } });
  });
}

function directMessage(
  state: SessionState,
  { from, id, text, at }: EventOf<'direct_message'>,
  now: Instant,
): SessionState {
  const line: MessageLine = { type: 'message', id: `${from.key} ${id}`, from, text, at, isMine: false };
  return messageReceived(withDirectConversation(state, from, now), directConversationId(from.key), line);
}

function messageReceived(state: SessionState, conversationId: string, line: MessageLine): SessionState {
  const isSeen = isOnScreen(state, conversationId);
  return withConversation(state, conversationId, (conversation) => withIncoming(conversation, line, isSeen));
}

/**
 * Without a connection the request is still open: the channel client joins once the server is back. After a refusal the
 * channel stays selected too, so that the user does not type into another conversation by accident.
 */
function joinRefused(state: SessionState, channel: string, refusal: Refusal, now: Instant): SessionState {
  const isDisconnected = state.connection.state !== 'open' || refusal.code === 'CHANNEL_AWAY';
  return isDisconnected ? state : notInChannel(state, channel, refusal, now);
}

function notInChannel(state: SessionState, channel: string, refusal: Refusal, now: Instant): SessionState {
  const out = withMembership(state, channel, { type: 'out' });
  return withNote(out, channelConversationId(channel), refusalSentence(refusal), now);
}

function withMembership(state: SessionState, channel: string, membership: ChannelMembership): SessionState {
  return withConversation(state, channelConversationId(channel), (conversation) =>
    conversation.type === 'channel' ? { ...conversation, membership } : conversation,
  );
}

function withNote(state: SessionState, conversationId: string, text: string, at: Instant): SessionState {
  const id = `note ${conversationId} ${at} ${text}`;
  return withConversation(state, conversationId, (conversation) =>
    withLineAdded(conversation, { type: 'note', id, text, at }),
  );
}

function sendAnswered(state: SessionState, request: SendRequest, answer: ChannelClientAnswer): SessionState {
  if (!answer.ok) return sendRefused(state, request, refusalSentence(answer.refusal));
  if (answer.type === 'direct_delivered')
    return withNewStatus(state, request, { status: { type: 'delivered' }, at: answer.at });
  return answer.type === 'sent' ? sendAccepted(state, request, answer) : state;
}

/** The server accepted the message. If the message came back before, its confirmed line stays. */
function sendAccepted(
  state: SessionState,
  request: SendRequest,
  { at, counter }: { at: Instant; counter: number },
): SessionState {
  const { conversationId, lineId } = request;
  const id = channelLineId({ key: state.me.key, clientSession: state.clientSession, counter });
  const isBack = findConversation(state, conversationId)?.lines.some((line) => line.id === id) ?? false;
  if (!isBack) return withNewStatus(state, request, { status: { type: 'sent' }, at, id });
  return withConversation(state, conversationId, (conversation) => ({
    ...conversation,
    lines: withoutLine(conversation.lines, lineId),
  }));
}

/** A refused message counts as unread, so that the user finds it from another conversation. */
function sendRefused(state: SessionState, request: SendRequest, why: string): SessionState {
  const { conversationId, lineId } = request;
  const isSeen = isOnScreen(state, conversationId);
  const marked = withConversation(state, conversationId, (conversation) => withUnread(conversation, lineId, isSeen));
  return withNewStatus(marked, request, { status: { type: 'refused', why } });
}

function withNewStatus(state: SessionState, request: SendRequest, change: StatusChange): SessionState {
  const { conversationId, lineId } = request;
  return withConversation(state, conversationId, (conversation) => ({
    ...conversation,
    lines: withStatus(conversation.lines, lineId, change),
  }));
}
