// What can be wrong with a file that somebody takes for a backup.

import type { RefusalCode } from '../../protocols/kit/refusals.js';

type BackupCode = Extract<RefusalCode, 'BACKUP_UNKNOWN' | 'BACKUP_DAMAGED' | 'PASSPHRASE_WRONG'>;

/** Thrown where reading stops; whoever asked for the reading makes a refusal of it. */
export class BackupError extends Error {
  override readonly name = 'BackupError';

  constructor(readonly code: BackupCode) {
    super(code);
  }
}
