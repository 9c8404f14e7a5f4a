// The one door between a face and a client: commands in, one answer each, and events for whoever listens.

import type { Answer, ClientEvent } from './answer.js';
import type { ArchiveCommand } from './archive-command.js';
import type { Command } from './command.js';

export interface ClientApi {
  /**
   * Gives exactly one answer, and never rejects for an expected no. Commands are taken up in the order of the calls.
   */
  command(command: Command | ArchiveCommand): Promise<Answer>;
  /** Calls the listener for every event from now on. Answers with how to stop. */
  onEvent(listener: (event: ClientEvent) => void): () => void;
}

/** Who is running, as the first line of `--json` says it. `tcp` and `udp`: the ports friends reach us at. */
export interface Ready {
  readonly user: string;
  readonly tcp: number;
  readonly udp: number;
  readonly version: string;
}
