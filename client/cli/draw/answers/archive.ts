// Exports and backups as lines: what went where, and what a backup holds.

import type { Answers, BackupContent } from '../../../../protocols/control/answer.js';
import { harmless } from '../../../../protocols/kit/text.js';
import { counted, who, type Look } from '../look.js';
import { dayAndTime } from '../moment.js';

export function drawExport({ path, messages }: Answers['export']): string[] {
  return [`${counted(messages, 'message')} are in ${harmless(path)} now, for anybody to read.`];
}

export function drawBackup({ path, ...content }: Answers['backup']): string[] {
  return [
    `Your keys, ${amount(content)} are in ${harmless(path)} now, encrypted.`,
    `Without the passphrase nobody can open it. See that it is sound: restore ${harmless(path)} --check`,
  ];
}

export function drawRestore({ before, user, at, ...content }: Answers['restore'], file: string, look: Look): string[] {
  const made = dayAndTime(at, look.now, look.zone);
  const holds = `the keys of ${who(user, look)}, ${amount(content)}, as of ${made}`;
  if (before === null) return [`${harmless(file)} is sound: ${holds}.`];
  return [
    `From the next start on you have ${holds}.`,
    `What is here now will be in ${harmless(before)}. This client ends here; start it again.`,
  ];
}

function amount({ messages, friends }: Pick<BackupContent, 'messages' | 'friends'>): string {
  return `${counted(messages, 'message')} and ${counted(friends, 'friend')}`;
}
