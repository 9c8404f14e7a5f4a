// What a process has used so far.

import process from 'node:process';

export interface ResourceUsage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

export function resourceUsage(): ResourceUsage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, residentBytes: process.memoryUsage.rss() };
}
