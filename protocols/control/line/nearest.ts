// Suggests a known word for a mistyped one: one that begins with it, else one that is at most two typing errors away.

const TYPOS_MAX = 2;

/**
 * The nearest candidate, or null. Of several that begin with the word, the shortest; of several with typing errors, the
 * one with the fewest.
 */
export function nearest(typed: string, candidates: readonly string[]): string | null {
  if (typed === '') return null;
  const begun = candidates.filter((candidate) => candidate.startsWith(typed));
  if (begun.length > 0) return begun.reduce((best, next) => (next.length < best.length ? next : best));
  const near = candidates
    .map((candidate) => ({ candidate, typos: editDistance(typed, candidate) }))
    .filter((one) => one.typos <= Math.min(TYPOS_MAX, typed.length - 1))
    .sort((a, b) => a.typos - b.typos);
  return near[0]?.candidate ?? null;
}

/** Letters added, lost, changed or swapped with their neighbour (optimal string alignment). Exact up to the bound. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > TYPOS_MAX) return TYPOS_MAX + 1;
  let [twoBack, oneBack]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const changed = at(oneBack, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = isSwap(a, b, row, column) ? at(twoBack, column - 2) + 1 : Infinity;
      current.push(Math.min(changed, swapped, at(oneBack, column) + 1, at(current, column - 1) + 1));
    }
    [twoBack, oneBack] = [oneBack, current];
  }
  return at(oneBack, b.length);
}

function isSwap(a: string, b: string, row: number, column: number): boolean {
  return row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
}

function at(costs: number[] | undefined, column: number): number {
  return costs?.[column] ?? Infinity;
}
