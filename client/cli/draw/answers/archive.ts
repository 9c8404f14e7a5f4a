// Exports and backups as lines: what went where, and what a backup holds.

import type { Answers, BackupSummary } from '../../../../protocols/control/answer.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import { counted, shownName, type ViewOptions } from '../view-options.js';
import { dayAndTime } from '../format-time.js';

export function drawExport({ path, messages }: Answers['export']): string[] {
  return [`${counted(messages, 'message')} are in ${sanitize(path)} now, for anybody to read.`];
}

export function drawBackup({ path, ...content }: Answers['backup']): string[] {
  return [
    `Your keys, ${amount(content)} are in ${sanitize(path)} now, encrypted.`,
    `Without the passphrase nobody can open it. See that it is sound: restore ${sanitize(path)} --check`,
  ];
}

export function drawRestore(
  { before, user, at, ...content }: Answers['restore'],
  file: string,
  view: ViewOptions,
): string[] {
  const made = dayAndTime(at, view.now, view.zone);
  const holds = `the keys of ${shownName(user, view)}, ${amount(content)}, as of ${made}`;
  if (before === null) return [`${sanitize(file)} is sound: ${holds}.`];
  return [
    `From the next start on you have ${holds}.`,
    `What is here now will be in ${sanitize(before)}. This client ends here; start it again.`,
  ];
}

function amount({ messages, friends }: Pick<BackupSummary, 'messages' | 'friends'>): string {
  return `${counted(messages, 'message')} and ${counted(friends, 'friend')}`;
}
