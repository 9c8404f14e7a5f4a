// Dead files: every source must be reachable from an entry, a test or a benchmark.

import ts from 'typescript';
import { importsOf, sourcePath } from './imports.js';
import { walk, type Finding, type Source } from '../source.js';

/** Where running begins. The compiler alone reads declarations (`.d.ts`), and ESLint alone its own rules. */
const ENTRY =
  /(^|\/)main\.tsx?$|\.test\.ts$|\.d\.ts$|^bench\/.*\.ts$|^web\/packages\/|^scripts\/(?:eslint\/)?[^/]+\.mjs$/;

export function reachRule(sources: readonly Source[]): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const waiting = sources.filter(({ path }) => ENTRY.test(path)).map(({ path }) => path);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = byPath.get(path) ?? byPath.get(`${path}x`);
    if (!source || reached.has(source.path)) continue;
    reached.add(source.path);
    waiting.push(...namedFiles(source));
  }
  return sources
    .filter(({ path }) => !reached.has(path))
    .map(({ path }) => ({ path, line: 1, says: 'nothing uses this file: delete it, or import it where it is needed' }));
}

/** Files that are imported, and files that are started: `new URL('./peer.js', import.meta.url)`. */
function namedFiles(source: Source): string[] {
  const named = importsOf(source)
    .filter(({ kind }) => kind === 'file')
    .map(({ target }) => target);
  walk(source.tree, (node) => {
    if (ts.isStringLiteralLike(node) && /^\.\.?\/.*\.js$/.test(node.text))
      named.push(sourcePath(source.path, node.text));
  });
  return named;
}
