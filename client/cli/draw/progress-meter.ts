// The progress of downloads: a bar or a line with rate and time left.

import type { Instant } from '../../../protocols/kit/machine.js';
import { sanitize } from '../../../protocols/kit/sanitize.js';
import { resultOf, type CommandResult } from '../command-runner.js';
import { drawSize } from './answers/posts.js';

interface Sample {
  readonly at: Instant;
  readonly received: number;
}

interface Transfer {
  readonly size: number;
  readonly samples: Sample[];
  lineAt: Instant;
}

const SAMPLES_MAX = 20;
/** A transfer without progress for this long is not shown. */
export const SILENT_MS = 5_000;
const LINE_EVERY_MS = 5_000;
const BAR_LETTERS = 10;

export class ProgressMeter {
  private readonly transfers = new Map<string, Transfer>();

  update({ post, received, size }: { post: string; received: number; size: number }, now: Instant): void {
    if (received >= size) return this.remove(post);
    const known = this.transfers.get(post) ?? { size, samples: [], lineAt: now };
    this.transfers.set(post, known);
    known.samples.push({ at: now, received });
    if (known.samples.length > SAMPLES_MAX) known.samples.shift();
  }

  remove(post: string): void {
    this.transfers.delete(post);
  }

  /** True while a transfer is known that has not ended, also a silent one. */
  get hasAny(): boolean {
    return this.transfers.size > 0;
  }

  /** The posts that are uploaded or downloaded now. */
  ids(now: Instant): string[] {
    this.forgetSilent(now);
    return [...this.transfers.keys()];
  }

  /** `[██████░░░░ 62% 84 MB/s 12 s left]` of all transfers together; empty without transfers. */
  bar(now: Instant): string {
    this.forgetSilent(now);
    const shown = [...this.transfers.values()];
    if (shown.length === 0) return '';
    const size = sum(shown.map((transfer) => transfer.size));
    const received = sum(shown.map(({ samples }) => samples.at(-1)?.received ?? 0));
    const full = Math.floor((received / size) * BAR_LETTERS);
    const count = shown.length === 1 ? '' : `${shown.length} files, `;
    const bar = '█'.repeat(full).padEnd(BAR_LETTERS, '░');
    return `[${bar} ${count}${progressText({ size, received, rate: sum(shown.map(rateOf)) })}]`;
  }

  private forgetSilent(now: Instant): void {
    for (const [post, { samples }] of this.transfers) {
      if (now - (samples.at(-1)?.at ?? 0) >= SILENT_MS) this.transfers.delete(post);
    }
  }

  /** The progress of one transfer in words; null if the last line was less than five seconds ago. */
  line(post: string, now: Instant): string | null {
    const transfer = this.transfers.get(post);
    if (!transfer || now - transfer.lineAt < LINE_EVERY_MS) return null;
    transfer.lineAt = now;
    const received = transfer.samples.at(-1)?.received ?? 0;
    const { size } = transfer;
    const amount = `${drawSize(received)} of ${drawSize(size)}`;
    return `${sanitize(post)}: ${amount}, ${progressText({ size, received, rate: rateOf(transfer) })}`;
  }
}

/** The post whose upload or download a command has ended, or null. */
export function endedTransfer(result: CommandResult): string | null {
  const { command } = result;
  if (command?.type === 'post_get' || command?.type === 'cancel') return command.id;
  return resultOf(result, 'post_upload')?.data.post ?? null;
}

function progressText({ size, received, rate }: { size: number; received: number; rate: number }): string {
  const percent = `${Math.floor((received / size) * 100)}%`;
  if (rate <= 0) return percent;
  return `${percent} ${drawSize(rate)}/s ${duration((size - received) / rate)} left`;
}

/** Bytes a second over the last samples. */
function rateOf({ samples }: Transfer): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at <= first.at) return 0;
  return ((last.received - first.received) * 1_000) / (last.at - first.at);
}

/** `12 s`, `3 min`, `2 h` */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6_000 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
