// Tells whether this process is in the foreground of its terminal: the system stops a background process that reads.

import { readTextFile } from '../disk/text-file.js';

const STAT_BYTES = 4_096;

/** True if the system does not say. */
export function isInForeground(stat: string | null = readOwnStat()): boolean {
  // The program name is in brackets and may contain anything. After it: state, parent, group, session, terminal, and
  // the foreground group of the terminal (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [group, foreground] = [fields[2], fields[5]];
  return group === undefined || foreground === undefined || group === foreground;
}

function readOwnStat(): string | null {
  try {
    return readTextFile('/proc/self/stat', STAT_BYTES);
  } catch {
    return null; // this system has no such file, or does not let us read it
  }
}
