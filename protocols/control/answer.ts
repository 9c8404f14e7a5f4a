// What a face hears back: exactly one answer for each command, and events when something happened (docs/contract.md,
// `--json`).

import type { Refusal } from '../kit/refusals.js';
import type { ChannelAnswers, ChannelEvent } from './channels/channel-command.js';
import type { GroupAnswers, GroupEvent } from './group-command.js';

/** States of a message, in the order it passes through them. */
export const MESSAGE_STATES = ['queued', 'held', 'delivered', 'read'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/**
 * One line of a conversation. `at`: ISO 8601 UTC. `state` is of my own messages; what others wrote is `delivered` or
 * `read`.
 */
export interface HistoryMessage {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly at: string;
  readonly kind: 'chat' | 'quick' | 'group';
  readonly state: MessageState | 'cancelled' | 'unconfirmed';
  /** True where something before it is missing. */
  readonly gap?: boolean;
}

/** A line that was found. `in`: whom the conversation is with. */
export interface FoundMessage extends HistoryMessage {
  readonly in: string;
}

/** What a backup holds. `at`: when it was made, ISO. */
export interface BackupSummary {
  readonly user: string;
  readonly at: string;
  readonly messages: number;
  readonly friends: number;
}

/** A message that has not arrived. `since` and `nextTry`: ISO; `why` it still waits, where something refused it. */
export interface OutboxMessage {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: string;
  readonly state: 'queued' | 'held';
  readonly nextTry: string | null;
  readonly why: string | null;
}

/** A post in a list. `at`: ISO. `text`: of a text post, null where there is a file to fetch. */
export interface PostSummary {
  readonly post: string;
  readonly from: string;
  readonly title: string;
  readonly size: number;
  readonly type: string;
  readonly at: string;
  readonly sha256: string;
  readonly text: string | null;
  readonly reshared: boolean;
}

/** `data` of a result, by command (docs/contract.md). */
export interface Answers extends GroupAnswers, ChannelAnswers {
  online: { user: string };
  offline: Record<never, never>;
  exit: { waiting: OutboxMessage[] };
  /** `deviceFingerprint`: how strangers on channels see us. */
  whoami: {
    user: string;
    key: string;
    fingerprint: string;
    device: string;
    deviceFingerprint: string;
    online: boolean;
  };
  lookup: { user: string; online: boolean; lastSeen: string | null; key: string; fingerprint: string };
  who: { users: string[] };
  update: { updated: number };
  unregister: { user: string };
  add: { user: string };
  requests: { requests: { kind: 'friend' | 'join' | 'invite'; from: string; group?: string; note?: string }[] };
  /** `group`: where it was about one. */
  accept: { user: string; group?: string };
  reject: { user: string; group?: string };
  block: { user: string };
  unblock: { user: string };
  remove: { user: string };
  list: { friends: FriendSummary[] };
  verify: { safetyNumber: string; verified: boolean };
  connect: { user: string; online: boolean; unread: number };
  leave: Record<never, never>;
  say: { id: string; state: MessageState };
  message: { id: string; state: 'delivered' };
  history: { messages: HistoryMessage[] };
  search: { messages: FoundMessage[] };
  outbox: { messages: OutboxMessage[] };
  cancel: { id: string };
  post_upload: { post: string };
  post_text: { post: string };
  post_list: { posts: PostSummary[] };
  post_get: { post: string; path: string; sha256: string };
  post_remove: { post: string };
  feed: { posts: PostSummary[] };
  export: { path: string; messages: number };
  backup: BackupSummary & { path: string };
  /** Paths of PEM files. */
  certificate: { certificate: string; key: string };
  /** `before`: where everything is put that was there before; null where nothing was restored. */
  restore: BackupSummary & { before: string | null };
}

export interface FriendSummary {
  readonly user: string;
  readonly online: boolean;
  readonly lastSeen: string | null;
  readonly unread: number;
  readonly verified: boolean;
  /** `friend`, or `asked` while they have not answered, or `blocked`. */
  readonly state: 'friend' | 'asked' | 'blocked';
}

/** The one answer to a command. */
export type Answer = { ok: true; data: Answers[keyof Answers] } | { ok: false; refusal: Refusal };

/** Something happened. `at` is ISO 8601 UTC; `id` where it is a message. */
export type ClientEvent = { readonly at: string } & (
  | { event: 'online'; user: string }
  | { event: 'offline'; user: string }
  | { event: 'friend_request'; from: string; note: string }
  | { event: 'friend_added'; user: string }
  | { event: 'friend_removed'; user: string }
  | { event: 'chat'; id: string; from: string; text: string }
  | { event: 'quick'; id: string; from: string; text: string }
  | { event: 'state'; id: string; to: string; state: MessageState }
  | { event: 'post'; from: string; post: string; title: string; size: number; contentType: string; text: string | null }
  | { event: 'post_removed'; from: string; post: string }
  | { event: 'progress'; post: string; received: number; size: number }
  | { event: 'post_done'; post: string; path: string }
  | { event: 'connection'; state: 'online' | 'offline' | 'retrying'; reason: string }
  | { event: 'warning'; code: string; message: string }
  | GroupEvent
  | ChannelEvent
);

export type EventName = ClientEvent['event'];

const EVENTS: Record<EventName, true> = {
  online: true,
  offline: true,
  friend_request: true,
  friend_added: true,
  friend_removed: true,
  chat: true,
  quick: true,
  state: true,
  post: true,
  post_removed: true,
  progress: true,
  post_done: true,
  connection: true,
  warning: true,
  group_request: true,
  group_invite: true,
  group_joined: true,
  group_left: true,
  group_members: true,
  group: true,
  group_progress: true,
  channel: true,
  private: true,
};

/** Every event there is, in the order of docs/contract.md. */
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
