// Events: what a client tells its user interface without being asked (docs/contract.md, `--json`).

import type { ChannelSpeaker } from './commands/channels.js';
import type { OtherMember } from './commands/groups.js';
import type { MessageState } from './commands/messages.js';

/** `at`: ISO 8601 UTC. `id`: of a message. */
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
  /** The download waits for its author, `from`, or for a friend with the file. Once, until bytes arrive again. */
  | { event: 'post_waiting'; post: string; from: string; why: string }
  | { event: 'post_done'; post: string; from: string; title: string; path: string }
  | { event: 'connection'; state: 'online' | 'offline' | 'retrying'; reason: string }
  | { event: 'warning'; code: string; message: string }
  | GroupEvent
  | ChannelEvent
);

/** What happened to a member since the last event of this group. */
export interface GroupChange {
  readonly user: string;
  readonly change: 'joined' | 'left' | 'removed' | 'leads';
}

export type GroupEvent =
  | { event: 'group_request'; group: string; from: string }
  | { event: 'group_invite'; group: string; from: string }
  /** `history`: the earlier messages that new members see: none, all, or the newest so many. */
  | { event: 'group_joined'; group: string; history?: 'none' | 'all' | number }
  | { event: 'group_left'; group: string; reason: string }
  /** `others`: members who are not the users you know by these names. */
  | {
      event: 'group_members';
      group: string;
      members: string[];
      leader: string;
      changes?: GroupChange[];
      others?: OtherMember[];
    }
  /**
   * `gap`: an earlier message is missing before it. `otherKey`: the author is not the user you know; the fingerprint of
   * the author's key in the group.
   */
  | { event: 'group'; id: string; group: string; from: string; text: string; gap: boolean; otherKey?: string }
  | { event: 'group_progress'; group: string; received: number };

export type ChannelEvent =
  | ({ event: 'channel'; id: string; channel: string; text: string } & ChannelSpeaker)
  | ({ event: 'private'; id: string; text: string } & ChannelSpeaker);

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
  post_waiting: true,
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

/** All event names, in the order of docs/contract.md. */
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
