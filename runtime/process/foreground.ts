// Whether this program has its terminal to itself: who reads from one in the background is stopped by the system.

import { readTextFile } from '../disk/text-file.js';

const STAT_BYTES = 4_096;

/** True also where the system does not tell. */
export function isInForeground(stat: string | null = readOwnStat()): boolean {
  // The name of the program stands in brackets and may hold anything; after it: state, parent, group, session,
  // terminal, the group in the terminal's foreground (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [group, foreground] = [fields[2], fields[5]];
  return group === undefined || foreground === undefined || group === foreground;
}

function readOwnStat(): string | null {
  try {
    return readTextFile('/proc/self/stat', STAT_BYTES);
  } catch {
    return null; // a system that has no such file, or keeps it to itself
  }
}
