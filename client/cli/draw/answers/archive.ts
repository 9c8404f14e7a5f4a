// Exports and backups as lines: which file was written, and what a backup contains.

import type { Answers } from '../../../../protocols/control/answer.js';
import type {
  ArchiveCommandMap,
  BackupSummary,
  IdentityStatus,
} from '../../../../protocols/control/commands/archive.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { dayAndTime } from '../format-time.js';
import { counted, shownName, type ViewOptions } from '../view-options.js';

export const ARCHIVE_DRAWERS: Drawers<ArchiveCommandMap> = {
  export: (data) => drawExport(data),
  certificate: (data) => drawCertificate(data),
  backup: (data) => drawBackup(data),
  restore: (data, { file }, view) => drawRestore(data, file, view),
  identity: (data) => drawIdentity(data),
  identity_lock: () => [
    'Your identity key is locked. Chat, groups and posts go on. A new device, and giving up your name, need the key.',
    'To unlock it, type: identity unlock',
  ],
  identity_export: ({ path }) => [
    `Your identity key is in ${sanitize(path)} now, and not on this computer. Keep that file: the key cannot be made again.`,
    `To bring it back, type: identity unlock ${sanitize(path)}`,
  ],
  identity_unlock: () => ['Your identity key is unlocked. When you are done, type: identity lock'],
};

const STATES: Record<IdentityStatus['state'], string> = {
  unlocked: 'Your identity key is not locked. To lock it, type: identity lock',
  locked: 'Your identity key is locked. To unlock it, type: identity unlock',
  elsewhere: 'Your identity key is in another file. To bring it back, type: identity unlock FILE',
};

function drawIdentity({ state }: IdentityStatus): string[] {
  return [STATES[state]];
}

function drawExport({ path, messages }: Answers['export']): string[] {
  return [`Saved ${counted(messages, 'message')} to ${sanitize(path)}. The file is not encrypted.`];
}

function drawCertificate({ certificate, key }: Answers['certificate']): string[] {
  return [
    `Your certificate: ${certificate}`,
    `Its secret key: ${key}. A person who has it can pose as this device; delete it when you no longer need it.`,
  ];
}

function drawBackup({ path, ...content }: Answers['backup']): string[] {
  return [
    `Saved your keys, ${amount(content)} to ${sanitize(path)}, encrypted.`,
    `Without the passphrase it cannot be opened. To test it, type: restore ${sanitize(path)} --check`,
  ];
}

function drawRestore(data: Answers['restore'], file: string, view: ViewOptions): string[] {
  const { before, user, at, ...content } = data;
  const made = dayAndTime(at, view.now, view.zone);
  const contents = `the keys of ${shownName(user, view)}, ${amount(content)}, saved ${made}`;
  if (before === null) return [`${sanitize(file)} can be restored: ${contents}.`];
  return [
    `From the next start on you have ${contents}.`,
    `The data of today will be in ${sanitize(before)}. This program ends now; start it again.`,
  ];
}

function amount({ messages, friends }: Pick<BackupSummary, 'messages' | 'friends'>): string {
  return `${counted(messages, 'message')} and ${counted(friends, 'friend')}`;
}
