// A client whose data is damaged: it refuses every command with the remedy, and carries out the remedy, `restore`
// [CTRL-34].

import type { Answer } from '../protocols/control/answer.js';
import type { ClientApi } from '../protocols/control/client-api.js';
import { isArchiveCommand, type ArchiveCommand } from '../protocols/control/commands/archive.js';
import type { Command } from '../protocols/control/command.js';
import type { ClientEvent } from '../protocols/control/event.js';
import { Refusal, refusalText } from '../protocols/kit/refusals.js';
import { clock } from '../runtime/sources.js';
import type { Archive } from './archive/archive.js';
import { isoTime } from './engine/core/context.js';

export class RepairClient implements ClientApi {
  constructor(
    private readonly archive: Archive,
    private readonly damage: Refusal,
  ) {}

  async command(command: Command | ArchiveCommand): Promise<Answer> {
    if (isArchiveCommand(command) && command.type === 'restore') return this.archive.carryOut(command);
    if (command.type === 'exit') return { ok: true, data: { waiting: [] } };
    return { ok: false, refusal: this.damage };
  }

  /** The listener hears of the damage, once. */
  onEvent(listener: (event: ClientEvent) => void): () => void {
    const { code } = this.damage;
    const at = isoTime(clock.now());
    const said = setImmediate(() => listener({ event: 'warning', code, message: refusalText(this.damage), at }));
    return () => clearImmediate(said);
  }

  idle(): Promise<void> {
    return this.archive.idle();
  }
}

/** `trouble`: names the file. */
export function damageRefusal(trouble: Error): Refusal {
  return new Refusal('DATA_DAMAGED', trouble.message);
}
