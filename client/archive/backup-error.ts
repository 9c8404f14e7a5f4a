// The error for a file that is not a usable backup.

import type { RefusalCode } from '../../protocols/kit/refusals.js';

type BackupCode = Extract<RefusalCode, 'BACKUP_UNKNOWN' | 'BACKUP_DAMAGED' | 'PASSPHRASE_WRONG'>;

/** Thrown where reading stops. The command turns it into a refusal. */
export class BackupError extends Error {
  override readonly name = 'BackupError';

  constructor(readonly code: BackupCode) {
    super(code);
  }
}
