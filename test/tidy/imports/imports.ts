// What a file imports, resolved to paths of the project or names of packages.

import { posix } from 'node:path';
import ts from 'typescript';
import { walk, type Source } from '../source.js';

/** `target`: a source path of the project, or the name of a package (`node:` included, sub-paths not). */
export interface Import {
  readonly kind: 'file' | 'package';
  readonly target: string;
  readonly position: number;
  /** `import type`: nothing of it is left when the program runs. */
  readonly isType: boolean;
}

/** Every static, dynamic and re-exporting import of a file. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source.tree, (node) => {
    const specifier = specifierOf(node);
    if (!specifier) return;
    const position = specifier.getStart(source.tree);
    found.push({ ...targetOf(source.path, specifier.text), position, isType: isTypeImport(node) });
  });
  return found;
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return literal(node.arguments[0]);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal);
  return null;
}

function literal(node: ts.Node | undefined): ts.StringLiteralLike | null {
  return node && ts.isStringLiteralLike(node) ? node : null;
}

function isTypeImport(node: ts.Node): boolean {
  return ts.isImportTypeNode(node) || (ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true);
}

function targetOf(from: string, specifier: string): Pick<Import, 'kind' | 'target'> {
  if (specifier.startsWith('.')) return { kind: 'file', target: sourcePath(from, specifier) };
  const parts = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1);
  return { kind: 'package', target: parts.join('/') };
}

/** The source a relative specifier means: compiled imports say `.js` where the source is `.ts` (or `.tsx`: see reach). */
export function sourcePath(from: string, specifier: string): string {
  const path = posix.join(posix.dirname(from), specifier);
  return /\.tsx?$/.test(from) ? path.replace(/\.js$/, '.ts') : path;
}
