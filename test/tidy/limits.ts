// The tables of limits: each entry says what gets worse when it is raised and when it is lowered, and no name is used
// twice.

import ts from 'typescript';
import { findingAt, walk, type Finding, type Source } from './source.js';

const TABLES = /^protocols\/kit\/limits\/(?!units\.ts$)/;
const BOTH_HALVES = /\bRaised: \S.*\. Lowered: \S.*\.$/s;

export function limitsRule(sources: readonly Source[]): Finding[] {
  const limits = sources.filter(({ path }) => TABLES.test(path)).flatMap(limitsOf);
  const seen = new Set<string>();
  return limits.flatMap(({ source, node, name }) => {
    const position = node.getStart(source.tree);
    const isRepeated = seen.has(name);
    seen.add(name);
    if (isRepeated) return [findingAt(source, position, `a second limit is called ${name}: rename one`)];
    if (BOTH_HALVES.test(commentOf(source, node))) return [];
    return [findingAt(source, position, `${name}: write "Raised: … . Lowered: … ." in its comment`)];
  });
}

interface Limit {
  readonly source: Source;
  readonly node: ts.PropertyAssignment;
  readonly name: string;
}

function limitsOf(source: Source): Limit[] {
  const found: Limit[] = [];
  walk(source.tree, (node) => {
    if (ts.isPropertyAssignment(node)) found.push({ source, node, name: node.name.getText(source.tree) });
  });
  return found;
}

/** The text of the comment before a property, without its marks, in one line. */
function commentOf(source: Source, node: ts.Node): string {
  const comment = source.text.slice(node.getFullStart(), node.getStart(source.tree));
  return comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replace(/\n\s*\*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
