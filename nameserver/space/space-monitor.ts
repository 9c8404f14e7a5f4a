// Measures the disk and the database every second, reports when there is no room and when there is room again, and
// keeps the ballast file.

import { LIMITS } from '../../protocols/kit/limits.js';
import { Ballast } from '../../runtime/disk/space/ballast.js';
import { freeBytesOf } from '../../runtime/disk/space/free-space.js';
import type { Log } from '../../runtime/log.js';
import { isOperationalError } from '../../runtime/operational-error.js';
import { isSpaceLow, type SpaceLimits } from './space.js';

export interface SpaceMonitorOptions {
  readonly directory: string;
  readonly limits: SpaceLimits;
  /** Bytes that the database uses. */
  readonly databaseBytes: () => number;
  /** Called when `isLow` changes. */
  readonly onChange: (isLow: boolean) => void;
  readonly log: Log;
}

export class SpaceMonitor {
  private readonly ballast: Ballast;
  private readonly timer: NodeJS.Timeout;
  private checks = 0;
  private isLow = false;

  /** Measures once before it returns. */
  constructor(private readonly options: SpaceMonitorOptions) {
    this.ballast = new Ballast(options.directory);
    this.check();
    this.timer = setInterval(() => this.tryCheck(), LIMITS.spaceCheckMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** A disk in trouble fails the next transaction, which says so. Until then nothing waits for this measurement. */
  private tryCheck(): void {
    try {
      this.check();
    } catch (error) {
      if (!isOperationalError(error)) throw error;
      this.options.log.warn({ err: error }, 'the room on the disk could not be measured');
    }
  }

  private check(): void {
    const { directory, limits, databaseBytes } = this.options;
    // The ballast is not made during the start, which it would slow down.
    if (this.checks >= LIMITS.ballastAfterChecks && !this.isLow) this.ballast.make();
    this.ballast.releaseIfFull();
    this.checks += 1;
    const freeBytes = freeBytesOf(directory) - this.ballast.missingBytes();
    this.report(isSpaceLow({ freeBytes, databaseBytes: databaseBytes() }, limits));
  }

  private report(isLow: boolean): void {
    if (isLow === this.isLow) return;
    this.isLow = isLow;
    const { directory, log, onChange } = this.options;
    if (isLow) log.warn({ directory }, 'no room: new names, groups and letters are refused. Make room on the disk');
    else log.info({ directory }, 'there is room again: new names, groups and letters are accepted');
    onChange(isLow);
  }
}
