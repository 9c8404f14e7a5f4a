// The source tree as the tidy rules see it: each file once, with its text, its syntax tree, and its code without
// comments and strings.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** One thing that is not as it should be, and what to do instead. `line` counts from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly says: string;
}

/** Judges one file by itself. */
export type Rule = (source: Source) => Finding[];

const SOURCE_FOLDERS = ['protocols', 'runtime', 'client', 'channels', 'nameserver', 'rooms', 'start', 'web'].concat([
  'scripts',
  'test',
  'bench',
]);
const SOURCE_FILE = /\.(tsx?|mjs)$/;

/** Every source file of the project. */
export function readSources(root: string): Source[] {
  return filesUnder(root, SOURCE_FILE).map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
}

/** Paths of the files in the source folders whose name matches, sorted. */
export function filesUnder(root: string, name: RegExp): string[] {
  return SOURCE_FOLDERS.flatMap((folder) => filesIn(root, folder))
    .filter((path) => name.test(path))
    .sort();
}

function filesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(root, path) : [path];
  });
}

const KINDS: Readonly<Record<string, ts.ScriptKind>> = { '.mjs': ts.ScriptKind.JS, '.tsx': ts.ScriptKind.TSX };

/** A source made of a text: what the tests of the rules plant. */
export function sourceOf(path: string, text: string): Source {
  const kind = KINDS[extname(path)] ?? ts.ScriptKind.TS;
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind) };
}

export function findingAt(source: Source, position: number, says: string): Finding {
  return { path: source.path, line: source.tree.getLineAndCharacterOfPosition(position).line + 1, says };
}

/** Calls `visit` for every node below `node`, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/**
 * The text twice, each of the same length: once with only its code (strings and patterns emptied), once with only its
 * comments.
 */
export function codeAndComments(source: Source): { code: string; comments: string } {
  const code = source.text.replace(/[^\n]/g, ' ').split('');
  const comments = source.text.split('');
  for (const token of tokensOf(source.tree, source)) {
    for (let at = token.getStart(source.tree); at < token.end; at += 1) {
      comments[at] = ' ';
      if (!EMPTIED.has(token.kind)) code[at] = source.text.charAt(at);
    }
  }
  return { code: code.join(''), comments: comments.join('') };
}

const EMPTIED = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.RegularExpressionLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
]);

function tokensOf(node: ts.Node, source: Source): ts.Node[] {
  const children = node.getChildren(source.tree);
  return children.length > 0 ? children.flatMap((child) => tokensOf(child, source)) : [node];
}
