// Commands that a face carries out by itself; the engine never hears of them.

import type { EventName } from './answer.js';
import type { ArchiveWish } from './archive-command.js';
import type { Command } from './command.js';

/** An event somebody waits for: its name, and fields that must read exactly so. */
export interface Wanted {
  readonly event: EventName;
  readonly fields: readonly (readonly [key: string, value: string])[];
}

/** `about`: the command to explain, or null for the list of all. */
export type FaceCommand = { type: 'help'; about: string | null } | { type: 'wait'; wanted: Wanted; waitMs: number };

/** Whatever a line can tell a client. */
export type Told = Command | ArchiveWish | FaceCommand;
