// The conversations of the page: channels, and direct messages with one person. Each has a log and an unread count.

import type { ChannelPresence, Participant } from '../../protocols/channels/client/io.js';
import { withLine, type LogLine } from './log-lines.js';

interface ConversationLog {
  /** `#lab`, or `@` and a key. */
  readonly id: string;
  readonly lines: readonly LogLine[];
  /** Older lines were removed. */
  readonly isTruncated: boolean;
  readonly unread: number;
  /** The line below the "New" mark: the first unread one, or the oldest that is left. Kept until the user leaves. */
  readonly firstNewId: string | null;
}

/** `joining`: the server has not let us in yet. `out`: it refused. */
export type ChannelMembership = { type: 'joining' } | { type: 'in'; presence: ChannelPresence } | { type: 'out' };

export interface ChannelConversation extends ConversationLog {
  readonly type: 'channel';
  readonly channel: string;
  readonly membership: ChannelMembership;
}

export interface DirectConversation extends ConversationLog {
  readonly type: 'direct';
  /** The other person, under the name they signed last. */
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

export function newDirectConversation(participant: Participant): DirectConversation {
  return { type: 'direct', with: participant, ...emptyLog(directConversationId(participant.key)) };
}

function emptyLog(id: string): ConversationLog {
  return { id, lines: [], isTruncated: false, unread: 0, firstNewId: null };
}

/** Appends a line that does not count as unread. */
export function withLineAdded<C extends PageConversation>(conversation: C, line: LogLine): C {
  const { firstNewId } = conversation;
  const lines = withLine(conversation.lines, line);
  const isTruncated = conversation.isTruncated || lines.length <= conversation.lines.length;
  const isMarkThere = firstNewId === null || lines.some(({ id }) => id === firstNewId);
  return { ...conversation, lines, isTruncated, firstNewId: isMarkThere ? firstNewId : (lines[0]?.id ?? null) };
}

/** Counts a line as unread, unless the user sees it now. */
export function withUnread<C extends PageConversation>(conversation: C, lineId: string, isSeen: boolean): C {
  if (isSeen) return { ...conversation, unread: 0 };
  const { unread, firstNewId } = conversation;
  return { ...conversation, unread: unread + 1, firstNewId: unread === 0 ? lineId : firstNewId };
}

/** Appends a message of another person. */
export function withIncoming<C extends PageConversation>(conversation: C, line: LogLine, isSeen: boolean): C {
  return withUnread(withLineAdded(conversation, line), line.id, isSeen);
}

/** `#lab`, or the name of the other person. */
export function conversationTitle(conversation: PageConversation): string {
  return conversation.type === 'channel' ? conversation.id : conversation.with.name;
}
