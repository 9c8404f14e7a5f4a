// The conversations one can look at: channels, and conversations with one person. Each with its log and what is unread
// in it.

import type { ChannelPresence, Participant } from '../../protocols/channels/client/io.js';
import { withLine, type LogLine } from './log-lines.js';

interface ConversationLog {
  /** `#lab`, or `@` and a key. */
  readonly id: string;
  readonly lines: readonly LogLine[];
  /** Older lines gave way to these. */
  readonly isTruncated: boolean;
  readonly unread: number;
  /** The first line that was not seen, or the oldest that is left since; it is marked until one leaves. */
  readonly firstNewId: string | null;
}

/** `joining`: not in it, and will be once the server lets us in; `out`: the server said no. */
export type Membership = { type: 'joining' } | { type: 'in'; presence: ChannelPresence } | { type: 'out' };

export interface ChannelConversation extends ConversationLog {
  readonly type: 'channel';
  readonly channel: string;
  readonly membership: Membership;
}

export interface DirectConversation extends ConversationLog {
  readonly type: 'direct';
  /** As they signed last. */
  readonly with: Participant;
}

export type PageConversation = ChannelConversation | DirectConversation;

export function channelConversationId(channel: string): string {
  return `#${channel}`;
}

export function directConversationId(key: string): string {
  return `@${key}`;
}

export function newChannelConversation(channel: string): ChannelConversation {
  return { type: 'channel', channel, membership: { type: 'joining' }, ...emptyLog(channelConversationId(channel)) };
}

export function newDirectConversation(visitor: Participant): DirectConversation {
  return { type: 'direct', with: visitor, ...emptyLog(directConversationId(visitor.key)) };
}

function emptyLog(id: string): ConversationLog {
  return { id, lines: [], isTruncated: false, unread: 0, firstNewId: null };
}

/** With one more line, and nothing else to see. */
export function withLineAdded<P extends PageConversation>(conversation: P, line: LogLine): P {
  const lines = withLine(conversation.lines, line);
  const isTruncated = conversation.isTruncated || lines.length <= conversation.lines.length;
  const isMarkKept = conversation.firstNewId === null || lines.some(({ id }) => id === conversation.firstNewId);
  return {
    ...conversation,
    lines,
    isTruncated,
    firstNewId: isMarkKept ? conversation.firstNewId : (lines[0]?.id ?? null),
  };
}

/** With a line that has to be seen. `isSeen`: it is looked at as it comes. */
export function withUnread<P extends PageConversation>(conversation: P, lineId: string, isSeen: boolean): P {
  if (isSeen) return { ...conversation, unread: 0 };
  return {
    ...conversation,
    unread: conversation.unread + 1,
    firstNewId: conversation.unread === 0 ? lineId : conversation.firstNewId,
  };
}

/** With what others said. */
export function withIncoming<P extends PageConversation>(conversation: P, line: LogLine, isSeen: boolean): P {
  return withUnread(withLineAdded(conversation, line), line.id, isSeen);
}

/** What a conversation is called: a channel with its `#`, a person by the name they gave. */
export function conversationTitle(conversation: PageConversation): string {
  return conversation.type === 'channel' ? conversation.id : conversation.with.name;
}
