// Makes a backup: a copy of the keys and of the store as it is now, then one encrypted file of both.

import { join } from 'node:path';
import { isoTime } from '../engine/context.js';
import type { Answers } from '../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../protocols/control/archive-command.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { VERSION } from '../../protocols/kit/version.js';
import { makeFolderAnew, removeFolder } from '../../runtime/disk/folder.js';
import { copyIdentity } from '../../runtime/disk/identity-file.js';
import { copyDatabase } from '../../runtime/sqlite.js';
import { SqliteReader } from '../store/sqlite-reader.js';
import { packBackup } from './backup-file.js';
import { draftOf, STORE, storeOf, type Place } from './place.js';

type Backup = Extract<ArchiveCommand, { type: 'backup' }>;

export async function makeBackup(place: Place, { file, passphrase }: Backup): Promise<Outcome<Answers['backup']>> {
  const draft = draftOf(place.data);
  const at = place.now();
  makeFolderAnew(draft);
  try {
    const amounts = copyInto(draft, place);
    const about = { version: 1, madeBy: VERSION, user: place.user, at, ...amounts } as const;
    const done = await packBackup(file, draft, about, { passphrase, cost: place.cost });
    if (done === 'exists') return new Refusal('FILE_EXISTS', file);
    return { path: file, user: place.user, at: isoTime(at), ...amounts };
  } finally {
    removeFolder(draft);
  }
}

/** Gives the amounts of what was copied. */
function copyInto(folder: string, place: Place): { messages: number; friends: number } {
  const copy = join(folder, STORE);
  copyIdentity(place.data, folder);
  copyDatabase(storeOf(place), copy);
  const reader = new SqliteReader(copy);
  try {
    return reader.amounts();
  } finally {
    reader.close();
  }
}
