// What a benchmark says: a figure of ours beside the limit or peer measured in the same run, and their ratio.

/** `ours` and `theirs` in the same unit; `goal`: the ratio to aim for. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly unit: string;
  readonly baseline: string;
  readonly theirs: number;
  readonly goal: string;
}

export function printRow({ what, ours, unit, baseline, theirs, goal }: Row): void {
  const ratio = theirs === 0 ? '–' : (ours / theirs).toFixed(2);
  process.stdout.write(
    `${what.padEnd(44)} ${figure(ours).padStart(12)} ${unit.padEnd(8)} ${ratio.padStart(7)} × ` +
      `${baseline} (${figure(theirs)})${goal === '' ? '' : `   goal ${goal}`}\n`,
  );
}

export function printTitle(title: string): void {
  process.stdout.write(`\n${title}\n${'-'.repeat(title.length)}\n`);
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which this share of all lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
