// A restore takes effect between two runs of a client: what was laid out is moved in, and what was there is moved
// aside. Whenever that is cut short, doing it again finishes it.

import { join } from 'node:path';
import type { Instant } from '../../protocols/kit/machine.js';
import { makeFolder, moveInto, moveTo, fileNames, removeFolder } from '../../runtime/disk/folder.js';
import { draftPath, IDENTITY, RETIRED_IDENTITY, timestamp, STORE } from './archive-context.js';

const LAID_OUT = /^to-restore-(\d{8}T\d{9}Z)$/;

/**
 * What is moved aside for each file that is moved in. A log of the old store must never meet the new one: it goes
 * first.
 */
const REPLACED: readonly { readonly name: string; readonly aside: readonly string[] }[] = [
  { name: IDENTITY, aside: [RETIRED_IDENTITY, IDENTITY] },
  { name: STORE, aside: [`${STORE}-wal`, `${STORE}-shm`, STORE] },
];

/** Keeps a folder with all files of a backup for the next start. Gives where everything will be that is there now. */
export function scheduleRestore(folder: string, data: string, now: Instant): string {
  moveTo(folder, join(data, `to-restore-${timestamp(now)}`));
  return asideOf(data, timestamp(now));
}

/** At the start, before anything is opened: carries out what was laid out, and clears away what a crash left. */
export function applyPendingRestore(data: string): void {
  removeFolder(draftPath(data));
  for (const name of fileNames(data)) {
    const [, time] = LAID_OUT.exec(name) ?? [];
    if (time !== undefined) moveIn(join(data, name), data, asideOf(data, time));
  }
}

function asideOf(data: string, time: string): string {
  return join(data, `before-restore-${time}`);
}

function moveIn(laidOut: string, data: string, aside: string): void {
  makeFolder(aside);
  for (const { name, aside: old } of REPLACED) {
    if (!fileNames(laidOut).includes(name)) continue; // moved in by a start that was cut short
    const there = fileNames(data).filter((one) => old.includes(one));
    for (const one of old.filter((wanted) => there.includes(wanted))) moveInto(aside, join(data, one));
    moveInto(data, join(laidOut, name));
  }
  removeFolder(laidOut);
}
