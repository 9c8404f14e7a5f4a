// The texts for screen readers: messages in the open conversation, and a hint that a message came in another one.

import type { ChannelClientAnswer, ChannelClientEvent } from '../../protocols/channels/client/io.js';
import { sanitizeLines } from '../../protocols/kit/sanitize.js';
import {
  channelConversationId,
  conversationTitle,
  directConversationId,
  type PageConversation,
} from './conversations.js';
import { connectionText, missedSentence, refusalSentence } from './format.js';
import type { MessageLine } from './log-lines.js';
import { findConversation, type SessionState } from './session-state.js';

const ANNOUNCED_CHARACTERS_MAX = 300;

/** A text for the live region, or null if there is nothing to announce. */
export function announcement(state: SessionState, event: ChannelClientEvent): string | null {
  switch (event.type) {
    case 'message':
      if (event.isMine) return null;
      return state.current === channelConversationId(event.channel)
        ? messageText(event)
        : `New message from ${event.from.name} in #${event.channel}.`;
    case 'direct_message':
      return state.current === directConversationId(event.from.key)
        ? messageText(event)
        : `New direct message from ${event.from.name}.`;
    case 'connection':
      return event.state === 'open' ? 'Connected.' : connectionText(event.state, null);
    case 'missed':
      return missedSentence(event.awayMs);
    case 'removed':
      return `You are no longer in #${event.channel}. ${refusalSentence(event.refusal)}`;
    default:
      return null;
  }
}

/** The text for a refused message, whichever conversation is open; null for every other answer. */
export function refusalAnnouncement(state: SessionState, ref: number, answer: ChannelClientAnswer): string | null {
  const request = state.pending.get(ref);
  if (answer.ok || request?.type !== 'send') return null;
  const conversation = findConversation(state, request.conversationId);
  return conversation && `${messageName(conversation)} was not sent: ${refusalSentence(answer.refusal)}`;
}

function messageName(conversation: PageConversation): string {
  const title = conversationTitle(conversation);
  return conversation.type === 'channel' ? `Your message in ${title}` : `Your direct message to ${title}`;
}

function messageText({ from, text }: Pick<MessageLine, 'from' | 'text'>): string {
  const shown = sanitizeLines(text);
  const isLong = shown.length > ANNOUNCED_CHARACTERS_MAX;
  return `${from.name}: ${isLong ? `${shown.slice(0, ANNOUNCED_CHARACTERS_MAX)} …` : shown}`;
}
