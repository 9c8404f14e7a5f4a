// What a face may tell a client. A face parses what a person typed into one of these; nothing else reaches the engine.

import type { Instant } from '../kit/machine.js';
import type { ChannelCommand } from './channels/channel-command.js';
import type { GroupCommand } from './group-command.js';
import type { ParsedArchiveCommand } from './archive-command.js';
import type { PostCommand } from './post-command.js';

/** What a name was said to be; absent where it can be either. */
export type NameKind = 'user' | 'group';

/** `do` names the command of docs/contract.md; `leave` is what a face sends when a conversation is left. */
export type Command =
  | { type: 'online'; acceptServer: boolean }
  | { type: 'offline' }
  | { type: 'exit' }
  | { type: 'whoami' }
  | { type: 'lookup'; user: string }
  | { type: 'who' }
  | { type: 'update' }
  | { type: 'unregister' }
  | { type: 'add'; user: string; note: string }
  | { type: 'requests' }
  /** `user`: a user, or where `meant` allows it a group. `group`: the group that the user wants to join. */
  | { type: 'accept'; user: string; nameKind?: NameKind; group?: string }
  | { type: 'reject'; user: string; nameKind?: NameKind; group?: string }
  | { type: 'block'; user: string }
  | { type: 'unblock'; user: string }
  | { type: 'remove'; user: string }
  | { type: 'list' }
  | { type: 'verify'; user: string; confirm: boolean }
  | { type: 'connect'; user: string }
  | { type: 'leave' }
  | { type: 'say'; user: string; text: string }
  | { type: 'message'; user: string; text: string }
  | { type: 'history'; user: string; nameKind?: NameKind; limit: number; before: string | null }
  /** `from`, `in`: canonical names. `before`: ms since 1970. */
  | { type: 'search'; words: readonly string[]; from: string | null; in: string | null; before: Instant | null }
  | { type: 'outbox' }
  | { type: 'cancel'; id: string }
  | PostCommand
  | GroupCommand
  | ChannelCommand;

/** Every name whose reply has `Answers` as its data. */
export type CommandName = (Command | ParsedArchiveCommand)['type'];
