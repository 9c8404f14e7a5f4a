// What a face may tell a client. A face parses what a person typed into one of these; nothing else reaches the engine.

import type { Instant } from '../kit/machine.js';
import type { ChannelCommand } from './channels/channel-command.js';
import type { GroupCommand } from './group-command.js';
import type { ArchiveWish } from './archive-command.js';
import type { PostCommand } from './post-command.js';

/** What a name was said to be; absent where it can be either. */
export type Meant = 'user' | 'group';

/** `do` names the command of docs/contract.md; `leave` is what a face sends when a conversation is left. */
export type Command =
  | { do: 'online'; acceptServer: boolean }
  | { do: 'offline' }
  | { do: 'exit' }
  | { do: 'whoami' }
  | { do: 'lookup'; user: string }
  | { do: 'who' }
  | { do: 'update' }
  | { do: 'unregister' }
  | { do: 'add'; user: string; note: string }
  | { do: 'requests' }
  /** `user`: a user, or where `meant` allows it a group. `group`: the group that the user wants to join. */
  | { do: 'accept'; user: string; meant?: Meant; group?: string }
  | { do: 'reject'; user: string; meant?: Meant; group?: string }
  | { do: 'block'; user: string }
  | { do: 'unblock'; user: string }
  | { do: 'remove'; user: string }
  | { do: 'list' }
  | { do: 'verify'; user: string; confirm: boolean }
  | { do: 'connect'; user: string }
  | { do: 'leave' }
  | { do: 'say'; user: string; text: string }
  | { do: 'message'; user: string; text: string }
  | { do: 'history'; user: string; meant?: Meant; limit: number; before: string | null }
  /** `from`, `in`: canonical names. `before`: ms since 1970. */
  | { do: 'search'; words: readonly string[]; from: string | null; in: string | null; before: Instant | null }
  | { do: 'outbox' }
  | { do: 'cancel'; id: string }
  | PostCommand
  | GroupCommand
  | ChannelCommand;

/** Every name whose reply has `Answers` as its data. */
export type CommandName = (Command | ArchiveWish)['do'];
