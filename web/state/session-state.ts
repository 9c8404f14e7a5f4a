// Everything that a session shows, as one immutable value. Actions of the user and events of the channel client each
// give the next value. Nothing here decides about the network.

import type { ConnectionState } from '../../protocols/channels/client/server-connection.js';
import type { Participant } from '../../protocols/channels/client/io.js';
import type { PageConversation } from './conversations.js';
import { isSending } from './log-lines.js';

export interface SessionState {
  readonly me: Participant;
  /** The id of this run of the page (SPEC of channels): it marks the messages that we sent in this run. */
  readonly clientSession: string;
  readonly connection: { readonly state: ConnectionState; readonly reason: string | null };
  /** Channels in the order in which the user joined, then direct messages, the latest first. */
  readonly conversations: readonly PageConversation[];
  /** The id of the conversation on the screen. */
  readonly current: string | null;
  /** False while the page is hidden or behind another window. */
  readonly isVisible: boolean;
  /** A sentence above all panes about something that failed; it stays until it is dismissed or replaced. */
  readonly notice: string | null;
  /** Requests that the channel client has not answered yet, by their ref. */
  readonly pending: ReadonlyMap<number, PendingRequest>;
}

/** `conversationId` and `lineId`: where the message is shown meanwhile. */
export type PendingRequest =
  { type: 'join'; channel: string } | { type: 'send'; conversationId: string; lineId: string };

export function initialState(me: Participant, clientSession: string): SessionState {
  return {
    ...{ me, clientSession, conversations: [], current: null, isVisible: true, notice: null, pending: new Map() },
    connection: { state: 'asleep', reason: null },
  };
}

/** Changes one conversation. An unknown id changes nothing. */
export function withConversation(
  state: SessionState,
  id: string,
  change: (conversation: PageConversation) => PageConversation,
): SessionState {
  const conversations = state.conversations.map((one) => (one.id === id ? change(one) : one));
  return { ...state, conversations };
}

/** Shows a sentence above all panes; null removes it. */
export function withNotice(state: SessionState, notice: string | null): SessionState {
  return { ...state, notice };
}

export function findConversation(state: SessionState, id: string | null): PageConversation | null {
  return state.conversations.find((conversation) => conversation.id === id) ?? null;
}

/** The channels the user is in, or wants to be in, in their order. */
export function channelsOf({ conversations }: SessionState): string[] {
  return conversations.flatMap((conversation) => (conversation.type === 'channel' ? [conversation.channel] : []));
}

/** True while a message of ours is being sent: closing the page now loses it. */
export function hasSendingMessages({ conversations }: SessionState): boolean {
  return conversations.some(({ lines }) => lines.some(isSending));
}

/** True iff the user sees what arrives in this conversation. */
export function isOnScreen(state: SessionState, id: string): boolean {
  return state.isVisible && state.current === id;
}

/** The unread messages of all conversations. */
export function totalUnread(state: SessionState): number {
  return state.conversations.reduce((sum, { unread }) => sum + unread, 0);
}

/** The id of a message of ours until the server accepted it. */
export function pendingLineId(ref: number): string {
  return `own ${ref}`;
}

/** The unique id of a message in a channel (VISIT-2). */
export function channelLineId({
  key,
  clientSession,
  counter,
}: {
  key: string;
  clientSession: string;
  counter: number;
}): string {
  return `${key} ${clientSession} ${counter}`;
}
