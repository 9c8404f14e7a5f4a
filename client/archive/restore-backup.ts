// Reads a whole backup, checks its keys and its store, and schedules the restore for the next start. It does not touch
// the current files: see `pending-restore.ts`.

import { join } from 'node:path';
import type { Answers } from '../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../protocols/control/commands/archive.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { recreateFolder, removeFolder } from '../../runtime/disk/folder.js';
import { openIdentity } from '../../runtime/disk/identity-file.js';
import { operationalError } from '../../runtime/operational-error.js';
import { isoTime } from '../engine/core/context.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { unpackBackup } from './backup-file.js';
import { BackupError } from './backup-error.js';
import { scheduleRestore } from './pending-restore.js';
import { draftPath, STORE, type ArchiveContext } from './archive-context.js';

type Restore = Extract<ArchiveCommand, { type: 'restore' }>;

export async function restoreBackup(context: ArchiveContext, command: Restore): Promise<Outcome<Answers['restore']>> {
  const { file, passphrase, check } = command;
  const draft = draftPath(context.data);
  recreateFolder(draft);
  try {
    const { user, at, messages, friends } = await unpackBackup(file, draft, passphrase);
    prepare(draft, file);
    if (!check && user !== context.user) return new Refusal('BACKUP_OF_ANOTHER', user);
    const before = check ? null : scheduleRestore(draft, context.data, context.now());
    return { user, at: isoTime(at), messages, friends, before };
  } finally {
    removeFolder(draft);
  }
}

/** Checks that the files open, and marks the store as restored. */
function prepare(folder: string, file: string): void {
  try {
    openIdentity(folder);
    const store = openSqliteStore(join(folder, STORE));
    const isSound = store.isIntact();
    if (isSound) store.transaction(() => store.putSetting('restored', 'true'));
    store.close();
    if (!isSound) throw new BackupError('BACKUP_DAMAGED');
  } catch (error) {
    throw error instanceof BackupError ? error : operationalError(file, error);
  }
}
