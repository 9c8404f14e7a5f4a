// The durable state of a room server in one file: replaced atomically, and on disk when the call returns [VIEW-2].

import { join } from 'node:path';
import { LIMITS } from '../../protocols/kit/limits.js';
import {
  decodeDurableState,
  encodeDurableState,
  nextBoot,
  NO_DURABLE_STATE,
  type DurableState,
} from '../../protocols/rooms/view/durable-state.js';
import { writeFileAtomically } from '../../runtime/disk/atomic-file.js';
import { makeFolders } from '../../runtime/disk/folder.js';
import { readTextFile } from '../../runtime/disk/text-file.js';
import { clock } from '../../runtime/sources.js';
import { OperationalError, operationalError } from '../../runtime/operational-error.js';
import type { ChatServerConfig } from './config.js';

export class StateFile {
  private readonly path: string;

  constructor(private readonly config: ChatServerConfig) {
    this.path = join(config.data, 'memory.json');
  }

  /** The state of the previous start under a new boot, which is on disk when the call returns. */
  startBoot(): DurableState {
    const memory = nextBoot(this.read(), Math.floor(clock.now() / 1_000));
    this.write(memory);
    return memory;
  }

  /** Throws OperationalError if the write fails. */
  write(memory: DurableState): void {
    try {
      makeFolders(this.config.data);
      writeFileAtomically(this.path, encodeDurableState(memory, this.config.cluster));
    } catch (error) {
      throw operationalError(this.path, error, { data: '--data' });
    }
  }

  private read(): DurableState {
    const text = readTextFile(this.path, LIMITS.roomStateFileBytes);
    if (text === null) return NO_DURABLE_STATE;
    const memory = decodeDurableState(text, this.config.cluster, this.config.servers.length);
    if (memory) return memory;
    const advice = `Stop all servers of the cluster, type: mv ${this.path} ${this.path}.damaged, and start them again`;
    throw new OperationalError(`${this.path}: the saved state of this server is damaged. ${advice}.`);
  }
}
