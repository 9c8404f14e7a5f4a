// Reads the resident memory of a process and waits until it falls below a bound.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const SETTLE_MS = 45_000;
const LOOK_MS = 500;

/** In MiB; null if the system does not report it (only Linux has /proc). */
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
 * Waits until the process uses at most `mostMib`, or the time is over; gives the last value. Meanwhile the process gets
 * light work, because an idle process does not collect garbage.
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
