// Import cycles: no file may import itself through others, by values or by types. Each cycle is found once.

import { importsOf } from './imports.js';
import { type Finding, type Source } from '../source.js';

export function cyclesRule(sources: readonly Source[]): Finding[] {
  const graph = importGraph(sources);
  return stronglyConnected(graph)
    .filter((files) => files.length > 1 || graph.get(files[0] ?? '')?.includes(files[0] ?? ''))
    .map((files) => ({ path: files[0] ?? '', line: 1, says: cycleText(files) }));
}

function cycleText(files: readonly string[]): string {
  return `imports itself through ${files.slice(1).join(', ') || 'itself'}: move what both need to a lower file`;
}

/** The source files that each file imports. */
function importGraph(sources: readonly Source[]): Map<string, string[]> {
  const paths = new Set(sources.map(({ path }) => path));
  return new Map(
    sources.map((source) => {
      const files = importsOf(source).flatMap(({ kind, target }) => (kind === 'file' ? [target, `${target}x`] : []));
      return [source.path, [...new Set(files)].filter((path) => paths.has(path))];
    }),
  );
}

interface Visit {
  readonly index: number;
  /** The earliest file on the stack that this one reaches. */
  low: number;
  isOnStack: boolean;
}

/** Tarjan's algorithm: the groups of files that reach each other, each sorted by path. */
function stronglyConnected(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const visits = new Map<string, Visit>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visit = (path: string): Visit => {
    const own: Visit = { index: visits.size, low: visits.size, isOnStack: true };
    visits.set(path, own);
    stack.push(path);
    for (const target of graph.get(path) ?? []) {
      const seen = visits.get(target);
      if (seen === undefined) own.low = Math.min(own.low, visit(target).low);
      else if (seen.isOnStack) own.low = Math.min(own.low, seen.index);
    }
    if (own.low === own.index) groups.push(takeGroup(path, stack, visits));
    return own;
  };
  for (const path of graph.keys()) if (!visits.has(path)) visit(path);
  return groups;
}

/** Takes the stack down to `path`: these files reach each other. */
function takeGroup(path: string, stack: string[], visits: ReadonlyMap<string, Visit>): string[] {
  const group = stack.splice(stack.indexOf(path));
  for (const member of group) {
    const visit = visits.get(member);
    if (visit) visit.isOnStack = false;
  }
  return group.sort();
}
