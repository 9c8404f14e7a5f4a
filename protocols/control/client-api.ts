// The interface between a user interface and a client: commands go in, each gets one answer, events come out.

import type { Answer } from './answer.js';
import type { Command } from './command.js';
import type { ArchiveCommand } from './commands/archive.js';
import type { ClientEvent } from './event.js';

export interface ClientApi {
  /** Resolves to exactly one answer and never rejects for a refusal. Commands start in the order of the calls. */
  command(command: Command | ArchiveCommand): Promise<Answer>;
  /** Calls the listener for every event from now on. Returns the function that stops it. */
  onEvent(listener: (event: ClientEvent) => void): () => void;
}

/** The first line of `--json`. `tcp`, `udp`: the ports where friends reach this client. */
export interface Ready {
  readonly user: string;
  readonly tcp: number;
  readonly udp: number;
  readonly version: string;
}
