// How many files and sockets this process may have open at once.

import process from 'node:process';

/** `ulimit -n`. Infinity where the host has no such limit. */
export function openFilesMax(): number {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Infinity;
}

/** The part of `wanted` connections that leaves `spare` files for the database, links and the log. */
export function connectionsWithin(wanted: number, spare: number): number {
  return Math.max(1, Math.min(wanted, openFilesMax() - spare));
}
