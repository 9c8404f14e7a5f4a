// What a process has used so far.

import process from 'node:process';

export interface Spent {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

export function spent(): Spent {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, residentBytes: process.memoryUsage.rss() };
}
