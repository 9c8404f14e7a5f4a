// How large things may be: functions, files, lines, parameters, nesting, folders. There is no list of exceptions:
// split.

import { posix } from 'node:path';
import ts from 'typescript';
import { findingAt, walk, type Finding, type Source } from './source.js';

const FUNCTION_LINES = 40;
const FILE_LINES = 300;
const LINE_LENGTH = 120;
const PARAMETERS = 4;
const NESTING = 3;
const FOLDER_FILES = 12;
/** A file whose functions are all this small is a table, and a table may be as long as what it lists. */
const TABLE_FUNCTION_LINES = 3;

export function sizesRule(source: Source): Finding[] {
  return [
    ...fileLength(source),
    ...lineLengths(source),
    ...functionsOf(source).flatMap((node) => functionSize(source, node)),
  ];
}

/** Twelve files a folder, so that a folder can be read as one thing. */
export function foldersRule(sources: readonly Source[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, files]) => files > FOLDER_FILES)
    .map(([path, files]) => ({
      path,
      line: 1,
      says: `${files} files in one folder, ${FOLDER_FILES} at most: make sub-folders`,
    }));
}

/** A style has a length, and no functions. */
export function styleSize(path: string, text: string): Finding[] {
  const lines = text.split('\n').length - 1;
  return lines <= FILE_LINES ? [] : [{ path, line: 1, says: `${lines} lines, ${FILE_LINES} at most: split the file` }];
}

function fileLength(source: Source): Finding[] {
  return isTable(source) ? [] : styleSize(source.path, source.text);
}

function isTable(source: Source): boolean {
  return functionsOf(source).every((node) => linesOf(source, node) <= TABLE_FUNCTION_LINES);
}

/**
 * A line that is nothing but one literal text cannot be split by a formatter, and is a row of a table: it may be
 * longer.
 */
const ROW_OF_TEXT = /^\s*(\w+: )?(['"`/]).*\2[a-z]*,?$/;

function lineLengths(source: Source): Finding[] {
  return source.text.split('\n').flatMap((text, at) => {
    if (text.length <= LINE_LENGTH || ROW_OF_TEXT.test(text)) return [];
    return [{ path: source.path, line: at + 1, says: `${text.length} columns, ${LINE_LENGTH} at most` }];
  });
}

function functionsOf(source: Source): ts.SignatureDeclaration[] {
  const found: ts.SignatureDeclaration[] = [];
  walk(source.tree, (node) => {
    if (ts.isFunctionLike(node)) found.push(node);
  });
  return found;
}

function functionSize(source: Source, node: ts.SignatureDeclaration): Finding[] {
  const findings: Finding[] = [];
  const says = (what: string): void => void findings.push(findingAt(source, node.getStart(source.tree), what));
  const lines = linesOf(source, node) - suiteLines(source, node);
  if (lines > FUNCTION_LINES) says(`a function of ${lines} lines, ${FUNCTION_LINES} at most: split it`);
  if (node.parameters.length > PARAMETERS)
    says(`${node.parameters.length} parameters, ${PARAMETERS} at most: take one options object`);
  const depth = nestingBelow(node);
  if (depth > NESTING) says(`nested ${depth} deep, ${NESTING} at most: return early or name the inner part`);
  return findings;
}

function linesOf(source: Source, node: ts.Node): number {
  const lineAt = (position: number): number => source.tree.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.end) - lineAt(node.getStart(source.tree)) + 1;
}

/** In tests, a suite is a function that holds tests: those count by themselves. */
function suiteLines(source: Source, suite: ts.SignatureDeclaration): number {
  if (!source.path.startsWith('test/') || !('body' in suite) || !suite.body) return 0;
  let lines = 0;
  ts.forEachChild(suite.body, (statement) => {
    if (ts.isExpressionStatement(statement) && ts.isCallExpression(statement.expression))
      lines += linesOf(source, statement);
  });
  return lines;
}

const NESTS = new Set([
  ts.SyntaxKind.IfStatement,
  ts.SyntaxKind.ForStatement,
  ts.SyntaxKind.ForInStatement,
  ts.SyntaxKind.ForOfStatement,
  ts.SyntaxKind.WhileStatement,
  ts.SyntaxKind.DoStatement,
  ts.SyntaxKind.SwitchStatement,
  ts.SyntaxKind.TryStatement,
]);

/** The deepest pile of control statements below a node. A function inside counts for itself, `else if` as its `if`. */
function nestingBelow(node: ts.Node): number {
  let deepest = 0;
  ts.forEachChild(node, (child) => {
    if (ts.isFunctionLike(child)) return;
    const isElseIf = ts.isIfStatement(node) && child === node.elseStatement && ts.isIfStatement(child);
    deepest = Math.max(deepest, nestingBelow(child) + (NESTS.has(child.kind) && !isElseIf ? 1 : 0));
  });
  return deepest;
}
