// What the visitor tells (protocols/channels), and what the page shows after it.

import type { ChannelClientAnswer, ChannelClientEvent } from '../../protocols/channels/client/io.js';
import { assertNever, type Instant } from '../../protocols/kit/machine.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import { withStatus, withoutLine, type StatusChange, type MessageLine } from './log-lines.js';
import {
  channelConversationId,
  directConversationId,
  withLineAdded,
  withUnread,
  withIncoming,
  type Membership,
} from './conversations.js';
import {
  isOnScreen,
  findConversation,
  channelLineId,
  withNotice,
  withConversation,
  type SessionState,
  type PendingRequest,
} from './session-state.js';
import { withDirectConversation } from './direct-conversations.js';
import { awaySentence, duration, sentence } from './format.js';

type News<K extends ChannelClientEvent['news']> = Extract<ChannelClientEvent, { news: K }>;

export function afterEvent(state: SessionState, news: ChannelClientEvent, now: Instant): SessionState {
  switch (news.news) {
    case 'connection':
      return connected(state, news);
    case 'said':
      return said(state, news);
    case 'whispered':
      return whispered(state, news, now);
    case 'presence':
      return withMembership(state, news.presence.channel, { type: 'in', presence: news.presence });
    case 'missed':
      return remarked(state, channelConversationId(news.channel), awaySentence(news.awayMs), now);
    case 'lost':
      return out(state, news.channel, news.refusal, now);
    case 'untimely':
      return withNotice(state, sentence(new Refusal('CHANNEL_UNTIMELY', duration(Math.abs(news.aheadMs)))));
    case 'forgery':
      return withNotice(state, sentence(new Refusal('CHANNEL_FORGERY', news.what)));
    default:
      return assertNever(news);
  }
}

/** The answer to a request, which each gets once. */
export function afterAnswer(state: SessionState, ref: number, answer: ChannelClientAnswer, now: Instant): SessionState {
  const request = state.pending.get(ref);
  if (!request) return state;
  const pending = new Map(state.pending);
  pending.delete(ref);
  const rest = { ...state, pending };
  if (request.type === 'say') return settled(rest, request, answer);
  return answer.ok ? rest : notJoined(rest, request.channel, answer.refusal, now);
}

/** While we are not connected nobody knows who is where. */
function connected(state: SessionState, news: News<'connection'>): SessionState {
  const connection = { state: news.state, reason: news.reason && sanitize(news.reason) };
  if (news.state === 'open') return { ...state, connection };
  const conversations = state.conversations.map((conversation) =>
    conversation.type === 'channel' && conversation.membership.type === 'in'
      ? { ...conversation, membership: { type: 'joining' as const } }
      : conversation,
  );
  return { ...state, connection, conversations };
}

/** What we said ourselves comes back by the server: then it stands where everybody has it. */
function said(state: SessionState, { channel, from, life, counter, text, at, isMine }: News<'said'>): SessionState {
  const id = channelLineId({ key: from.key, life, counter });
  const conversationId = channelConversationId(channel);
  const shape = { type: 'text', id, from, text, at } as const;
  if (!isMine) return heard(state, conversationId, { ...shape, isMine });
  return withConversation(state, conversationId, (conversation) => {
    const others = withoutLine(conversation.lines, id); // the one that stood there as sent
    return withLineAdded({ ...conversation, lines: others }, { ...shape, isMine, status: { type: 'confirmed' } });
  });
}

function whispered(state: SessionState, { from, id, text, at }: News<'whispered'>, now: Instant): SessionState {
  const line: MessageLine = { type: 'text', id: `${from.key} ${id}`, from, text, at, isMine: false };
  return heard(withDirectConversation(state, from, now), directConversationId(from.key), line);
}

function heard(state: SessionState, conversationId: string, line: MessageLine): SessionState {
  const isSeen = isOnScreen(state, conversationId);
  return withConversation(state, conversationId, (conversation) => withIncoming(conversation, line, isSeen));
}

/**
 * A server that is not there has not said no: the request stays, and comes true when it is back. Where it said no, the
 * conversation stays too: whoever types there must not find themselves typing elsewhere.
 */
function notJoined(state: SessionState, channel: string, refusal: Refusal, now: Instant): SessionState {
  const isAway = state.connection.state !== 'open' || refusal.code === 'CHANNEL_AWAY';
  return isAway ? state : out(state, channel, refusal, now);
}

/** Not in a channel, and why. */
function out(state: SessionState, channel: string, refusal: Refusal, now: Instant): SessionState {
  const without = withMembership(state, channel, { type: 'out' });
  return remarked(without, channelConversationId(channel), sentence(refusal), now);
}

function withMembership(state: SessionState, channel: string, membership: Membership): SessionState {
  return withConversation(state, channelConversationId(channel), (conversation) =>
    conversation.type === 'channel' ? { ...conversation, membership } : conversation,
  );
}

/** The page itself says something in a conversation. */
function remarked(state: SessionState, conversationId: string, text: string, at: Instant): SessionState {
  const id = `note ${conversationId} ${at} ${text}`;
  return withConversation(state, conversationId, (conversation) =>
    withLineAdded(conversation, { type: 'note', id, text, at }),
  );
}

function settled(
  state: SessionState,
  request: Extract<PendingRequest, { type: 'say' }>,
  answer: ChannelClientAnswer,
): SessionState {
  if (!answer.ok) return refused(state, request, sentence(answer.refusal));
  if (answer.done === 'whispered')
    return withNewStatus(state, request, { status: { type: 'delivered' }, at: answer.at });
  return answer.done === 'said' ? taken(state, request, answer) : state;
}

/** The server has it. Where it came back already, that is the one that stays. */
function taken(
  state: SessionState,
  request: Extract<PendingRequest, { type: 'say' }>,
  { at, counter }: { at: Instant; counter: number },
): SessionState {
  const id = channelLineId({ key: state.me.key, life: state.life, counter });
  const isBack = findConversation(state, request.conversationId)?.lines.some((line) => line.id === id) ?? false;
  if (!isBack) return withNewStatus(state, request, { status: { type: 'sent' }, at, id });
  return withConversation(state, request.conversationId, (conversation) => ({
    ...conversation,
    lines: withoutLine(conversation.lines, request.lineId),
  }));
}

/** What was not said is as good as news to whoever looks elsewhere by now. */
function refused(state: SessionState, request: Extract<PendingRequest, { type: 'say' }>, why: string): SessionState {
  const { conversationId, lineId } = request;
  const isSeen = isOnScreen(state, conversationId);
  const marked = withConversation(state, conversationId, (conversation) => withUnread(conversation, lineId, isSeen));
  return withNewStatus(marked, request, { status: { type: 'refused', why } });
}

function withNewStatus(
  state: SessionState,
  request: Extract<PendingRequest, { type: 'say' }>,
  change: StatusChange,
): SessionState {
  const { conversationId, lineId } = request;
  return withConversation(state, conversationId, (conversation) => ({
    ...conversation,
    lines: withStatus(conversation.lines, lineId, change),
  }));
}
