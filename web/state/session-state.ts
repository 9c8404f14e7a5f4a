// All that the page shows of channels, as a value: news of the visitor (protocols/channels) and what the person does go
// in one after the other, and the next value comes out. Nothing is decided here about the network.

import type { ConnectionState } from '../../protocols/channels/client/server-connection.js';
import type { Participant } from '../../protocols/channels/client/io.js';
import { isSending } from './log-lines.js';
import type { PageConversation } from './conversations.js';

export interface SessionState {
  readonly me: Participant;
  /** Names this run of the page (SPEC.md of channels): what we said in it is recognised by it. */
  readonly life: string;
  readonly connection: { readonly state: ConnectionState; readonly reason: string | null };
  /** Channels in the order in which we came in, then people, who spoke last first. */
  readonly conversations: readonly PageConversation[];
  /** The conversation that is looked at. */
  readonly current: string | null;
  /** False while the page is hidden or behind another window. */
  readonly isVisible: boolean;
  /** What could not be done, outside of any conversation: a sentence, until the next one or until it is put away. */
  readonly notice: string | null;
  /** What was asked for and not answered yet, by the number of the request. */
  readonly pending: ReadonlyMap<number, PendingRequest>;
}

/** `conversationId` and `lineId`: where what was said stands meanwhile. */
export type PendingRequest =
  { type: 'join'; channel: string } | { type: 'say'; conversationId: string; lineId: string };

export function initialState(me: Participant, life: string): SessionState {
  return {
    ...{ me, life, conversations: [], current: null, isVisible: true, notice: null, pending: new Map() },
    connection: { state: 'asleep', reason: null },
  };
}

/** With one conversation changed, where there is such a conversation. */
export function withConversation(
  state: SessionState,
  id: string,
  change: (conversation: PageConversation) => PageConversation,
): SessionState {
  return {
    ...state,
    conversations: state.conversations.map((conversation) =>
      conversation.id === id ? change(conversation) : conversation,
    ),
  };
}

/** With something said above every pane; null puts away what was. */
export function withNotice(state: SessionState, notice: string | null): SessionState {
  return { ...state, notice };
}

export function findConversation(state: SessionState, id: string | null): PageConversation | null {
  return state.conversations.find((conversation) => conversation.id === id) ?? null;
}

/** The channels one is in, or wants to be in, in their order. */
export function channelsOf({ conversations }: SessionState): string[] {
  return conversations.flatMap((conversation) => (conversation.type === 'channel' ? [conversation.channel] : []));
}

/** True while something we said is on its way: whoever leaves now loses it. */
export function hasSendingMessages({ conversations }: SessionState): boolean {
  return conversations.some(({ lines }) => lines.some(isSending));
}

/** True iff what comes in there is seen as it comes. */
export function isOnScreen(state: SessionState, id: string): boolean {
  return state.isVisible && state.current === id;
}

/** How much is unread in all conversations. */
export function totalUnread(state: SessionState): number {
  return state.conversations.reduce((sum, { unread }) => sum + unread, 0);
}

/** Names a line that we wrote, until the server has given it a name. */
export function pendingLineId(ref: number): string {
  return `own ${ref}`;
}

/** Names what somebody said in a channel, uniquely (VISIT-2). */
export function channelLineId({ key, life, counter }: { key: string; life: string; counter: number }): string {
  return `${key} ${life} ${counter}`;
}
