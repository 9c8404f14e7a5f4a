// A restore takes effect at the next start of the client: it moves the current files aside and the restored files in.
// After a crash at any point the next start completes it.

import { join } from 'node:path';
import type { Instant } from '../../protocols/kit/machine.js';
import { makeFolder, moveInto, moveTo, fileNames, removeFolder } from '../../runtime/disk/folder.js';
import { takeOverRetiredKeys } from '../../runtime/disk/identity-file.js';
import { IDENTITY_FILE } from '../../runtime/disk/locked-identity.js';
import { RETIRED_KEYS_FILE } from '../../runtime/disk/retired-keys.js';
import { draftPath, timestamp, STORE } from './archive-context.js';

const SCHEDULED = /^to-restore-(\d{8}T\d{9}Z)$/;

/** The files to move aside for each restored file. The write-ahead log goes first: it must not meet the new store. */
const REPLACED: readonly { readonly name: string; readonly aside: readonly string[] }[] = [
  { name: IDENTITY_FILE, aside: [IDENTITY_FILE] },
  { name: RETIRED_KEYS_FILE, aside: [RETIRED_KEYS_FILE] },
  { name: STORE, aside: [`${STORE}-wal`, `${STORE}-shm`, STORE] },
];

/** Schedules a folder with the files of a backup. Gives the folder that the current files will be moved to. */
export function scheduleRestore(folder: string, data: string, now: Instant): string {
  moveTo(folder, join(data, `to-restore-${timestamp(now)}`));
  return asidePath(data, timestamp(now));
}

/** Completes a scheduled restore and removes unfinished work. Call it at the start, before any file is opened. */
export function applyPendingRestore(data: string, now: Instant): void {
  removeFolder(draftPath(data));
  for (const name of fileNames(data)) {
    const [, time] = SCHEDULED.exec(name) ?? [];
    if (time === undefined) continue;
    const scheduled = join(data, name);
    const waiting = fileNames(scheduled);
    // Letters to the devices of before are still on their way. A start that crashed may have done this already.
    const isPrepared = waiting.includes(RETIRED_KEYS_FILE) || !waiting.includes(IDENTITY_FILE);
    if (!isPrepared) takeOverRetiredKeys(scheduled, data, now);
    moveIn(scheduled, data, asidePath(data, time));
  }
}

function asidePath(data: string, time: string): string {
  return join(data, `before-restore-${time}`);
}

function moveIn(scheduled: string, data: string, aside: string): void {
  makeFolder(aside);
  for (const { name, aside: old } of REPLACED) {
    if (!fileNames(scheduled).includes(name)) continue; // moved by a start that crashed
    const there = fileNames(data).filter((one) => old.includes(one));
    for (const one of old.filter((wanted) => there.includes(wanted))) moveInto(aside, join(data, one));
    moveInto(data, join(scheduled, name));
  }
  removeFolder(scheduled);
}
