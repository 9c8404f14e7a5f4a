// Makes a backup: copies the keys and a snapshot of the store, then packs both into one encrypted file.

import { join } from 'node:path';
import { isoTime } from '../engine/core/context.js';
import type { Answers } from '../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../protocols/control/commands/archive.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { VERSION } from '../../protocols/kit/version.js';
import { recreateFolder, removeFolder } from '../../runtime/disk/folder.js';
import { copyIdentity } from '../../runtime/disk/identity-file.js';
import { copyDatabase } from '../../runtime/sqlite.js';
import { StoreSnapshot } from '../store/sqlite/store-snapshot.js';
import { packBackup } from './backup-file.js';
import { draftPath, STORE, storePath, type ArchiveContext } from './archive-context.js';

type Backup = Extract<ArchiveCommand, { type: 'backup' }>;

export async function makeBackup(
  context: ArchiveContext,
  { file, passphrase }: Backup,
): Promise<Outcome<Answers['backup']>> {
  const draft = draftPath(context.data);
  const at = context.now();
  recreateFolder(draft);
  try {
    const amounts = copyInto(draft, context);
    const about = { version: 1, madeBy: VERSION, user: context.user, at, ...amounts } as const;
    const done = await packBackup(file, draft, about, { passphrase, cost: context.cost });
    if (done === 'exists') return new Refusal('FILE_EXISTS', file);
    return { path: file, user: context.user, at: isoTime(at), ...amounts };
  } finally {
    removeFolder(draft);
  }
}

/** Gives the numbers of messages and friends in the copy. */
function copyInto(folder: string, context: ArchiveContext): { messages: number; friends: number } {
  const copy = join(folder, STORE);
  copyIdentity(context.data, folder);
  copyDatabase(storePath(context), copy);
  const reader = new StoreSnapshot(copy);
  try {
    return reader.amounts();
  } finally {
    reader.close();
  }
}
