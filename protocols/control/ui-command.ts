// Commands that a face carries out by itself; the engine never hears of them.

import type { EventName } from './answer.js';
import type { ParsedArchiveCommand } from './archive-command.js';
import type { Command } from './command.js';

/** An event somebody waits for: its name, and fields that must read exactly so. */
export interface EventFilter {
  readonly event: EventName;
  readonly fields: readonly (readonly [key: string, value: string])[];
}

/** `about`: the command to explain, or null for the list of all. */
export type UiCommand = { type: 'help'; topic: string | null } | { type: 'wait'; filter: EventFilter; waitMs: number };

/** Whatever a line can tell a client. */
export type ParsedCommand = Command | ParsedArchiveCommand | UiCommand;
