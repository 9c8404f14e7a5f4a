// All commands as types, derived from the maps in `commands/`.

import type { CommandsOf } from './command-map.js';
import type { AccountCommandMap } from './commands/account.js';
import type { ArchiveCommandMap } from './commands/archive.js';
import type { ChannelCommandMap } from './commands/channels.js';
import type { GroupCommandMap } from './commands/groups.js';
import type { MessageCommandMap } from './commands/messages.js';
import type { PeopleCommandMap } from './commands/people.js';
import type { PostCommandMap } from './commands/posts.js';
import type { UiCommandMap } from './commands/ui.js';

interface EngineCommandMap
  extends AccountCommandMap, PeopleCommandMap, MessageCommandMap, GroupCommandMap, ChannelCommandMap, PostCommandMap {}

/** Commands that a client answers; the user interface answers the rest. */
export interface ClientCommandMap extends EngineCommandMap, ArchiveCommandMap {}

export interface CommandMap extends ClientCommandMap, UiCommandMap {}

/** A command for the engine. `type`: its name in docs/contract.md, with `_` for a space. */
export type Command = CommandsOf<EngineCommandMap>;

/** What a typed line becomes: a command for the engine, for the archive, or for the user interface itself. */
export type ParsedCommand = CommandsOf<CommandMap>;

export type CommandName = ParsedCommand['type'];
