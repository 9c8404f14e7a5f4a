// What is read aloud to people who listen instead of looking: what comes in, in the conversation that is looked at, and
// that something came elsewhere.

import type { ChannelClientAnswer, ChannelClientEvent } from '../../protocols/channels/client/io.js';
import type { MessageLine } from './log-lines.js';
import {
  channelConversationId,
  conversationTitle,
  directConversationId,
  type PageConversation,
} from './conversations.js';
import { sanitizeLines } from './rich-text.js';
import { findConversation, type SessionState } from './session-state.js';
import { awaySentence, connectionLine, sentence } from './format.js';

const ANNOUNCED_CHARACTERS_MAX = 300;

/** A sentence for the live region, or null where there is nothing to say. */
export function announcement(state: SessionState, news: ChannelClientEvent): string | null {
  switch (news.news) {
    case 'said':
      return news.isMine ? null : spoken(state, channelConversationId(news.channel), news, `#${news.channel}`);
    case 'whispered':
      return spoken(state, directConversationId(news.from.key), news, 'in private');
    case 'connection':
      return news.state === 'open' ? 'Connected.' : connectionLine(news.state);
    case 'missed':
      return awaySentence(news.awayMs);
    case 'lost':
      return `Out of #${news.channel}. ${sentence(news.refusal)}`;
    default:
      return null;
  }
}

/** That something was not said, whichever conversation is looked at; null for every other answer. */
export function refusalAnnouncement(state: SessionState, ref: number, answer: ChannelClientAnswer): string | null {
  const request = state.pending.get(ref);
  if (answer.ok || request?.type !== 'say') return null;
  const conversation = findConversation(state, request.conversationId);
  return conversation && `What you said ${where(conversation)}: ${sentence(answer.refusal)}`;
}

function where(conversation: PageConversation): string {
  return conversation.type === 'channel' ? `in ${conversation.id}` : `to ${conversationTitle(conversation)} in private`;
}

function spoken(
  state: SessionState,
  conversationId: string,
  { from, text }: Pick<MessageLine, 'from' | 'text'>,
  at: string,
): string {
  if (state.current !== conversationId) return `New from ${from.name}, ${at}.`;
  const shown = sanitizeLines(text);
  return `${from.name}: ${shown.length > ANNOUNCED_CHARACTERS_MAX ? `${shown.slice(0, ANNOUNCED_CHARACTERS_MAX)} …` : shown}`;
}
