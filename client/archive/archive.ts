// Runs the commands `export`, `certificate`, `backup` and `restore`, one at a time, independently of the engine.

import type { Answer } from '../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../protocols/control/commands/archive.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { explainError, isOperationalError } from '../../runtime/operational-error.js';
import { makeBackup } from './make-backup.js';
import { BackupError } from './backup-error.js';
import { makeExport } from './export/make-export.js';
import type { ArchiveContext } from './archive-context.js';
import { writeCertificate } from './write-certificate.js';
import { exportIdentity, identityState, lockIdentity, unlockIdentity } from './sealing/identity-commands.js';
import { restoreBackup } from './restore-backup.js';

type Data = Extract<Answer, { ok: true }>['data'];

export class Archive {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly context: ArchiveContext) {}

  carryOut(command: ArchiveCommand): Promise<Answer> {
    const answer = this.last.then(() => this.answer(command));
    this.last = answer.catch(() => undefined); // the caller gets the error
    return answer;
  }

  /** Settles once no command is running. */
  async idle(): Promise<void> {
    await this.last;
  }

  private async answer(command: ArchiveCommand): Promise<Answer> {
    const data = await this.outcome(command).catch((error: unknown) => refusalOf(error, fileOf(command)));
    return data instanceof Refusal ? { ok: false, refusal: data } : { ok: true, data };
  }

  private outcome(command: ArchiveCommand): Promise<Outcome<Data>> {
    switch (command.type) {
      case 'export':
        return makeExport(this.context, command);
      case 'certificate':
        return writeCertificate(this.context, command);
      case 'backup':
        return makeBackup(this.context, command);
      case 'restore':
        return restoreBackup(this.context, command);
      case 'identity':
        return Promise.resolve(identityState(this.context));
      case 'identity_lock':
        return lockIdentity(this.context, command);
      case 'identity_export':
        return exportIdentity(this.context, command);
      case 'identity_unlock':
        return unlockIdentity(this.context, command);
    }
  }
}

function fileOf(command: ArchiveCommand): string {
  if (command.type === 'export') return command.to ?? 'The export';
  if (command.type === 'certificate') return command.to ?? 'The certificate';
  return ('file' in command ? command.file : null) ?? 'The identity key';
}

/** Throws errors that are faults of the program. */
function refusalOf(error: unknown, file: string): Refusal {
  if (error instanceof BackupError) return new Refusal(error.code, file);
  if (isOperationalError(error)) return new Refusal('FILE_TROUBLE', explainError(error, file));
  throw error;
}
