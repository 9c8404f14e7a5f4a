// The table of all commands a person can type, in the order of `help`. Each entry stands in its file in `commands/`.

import type { ParsedCommand } from './command.js';
import { ACCOUNT_COMMANDS } from './commands/account.js';
import { ARCHIVE_COMMANDS } from './commands/archive.js';
import { CHANNEL_COMMANDS } from './commands/channels.js';
import { GROUP_COMMANDS } from './commands/groups.js';
import { MESSAGE_COMMANDS } from './commands/messages.js';
import { PEOPLE_COMMANDS } from './commands/people.js';
import { POST_COMMANDS } from './commands/posts.js';
import { UI_COMMANDS } from './commands/ui.js';
import type { CommandEntry } from './line/grammar.js';

export const COMMANDS: readonly CommandEntry<ParsedCommand>[] = [
  ...ACCOUNT_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...GROUP_COMMANDS,
  ...CHANNEL_COMMANDS,
  ...POST_COMMANDS,
  ...ARCHIVE_COMMANDS,
  ...UI_COMMANDS,
];
