// How much memory of the machine a process holds, and whether it comes back to what it held before.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const SETTLE_MS = 45_000;
const LOOK_MS = 500;

/** MiB, or null where the system does not tell (only Linux has /proc). */
export function residentMib(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Math.round(Number(kib) / 1_024);
  } catch (trouble) {
    if (trouble instanceof Error && 'code' in trouble && trouble.code === 'ENOENT') return null;
    throw trouble;
  }
}

/**
 * Looks until the process holds at most `mostMib`, or the bound is over, and gives what it holds then. Meanwhile it is
 * kept at light work: an idle process has no reason to tidy up.
 */
export async function settledMib(
  pid: number,
  mostMib: number,
  lightWork: () => Promise<unknown>,
): Promise<number | null> {
  for (let waited = 0; waited < SETTLE_MS; waited += LOOK_MS) {
    const held = residentMib(pid);
    if (held === null || held <= mostMib) return held;
    await Promise.all([lightWork(), pause(LOOK_MS)]);
  }
  return residentMib(pid);
}
