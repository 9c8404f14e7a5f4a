// How a file presents itself: a sentence at its head, a kebab-case name that fits what it exports, no empty words.

import { posix } from 'node:path';
import ts from 'typescript';
import { findingAt, walk, type Finding, type Source } from './source.js';
import { wordsOf } from './words/words.js';

/** Words that say nothing about what a thing is. */
const EMPTY_WORDS = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'base', 'impl', 'service']);

export function headsRule(source: Source): Finding[] {
  return [...headSentence(source), ...fileName(source), ...namedAfterClass(source), ...emptyWords(source)];
}

function headSentence(source: Source): Finding[] {
  const lines = source.text.split('\n');
  if (lines[0]?.startsWith('#!')) lines.shift();
  const end = lines.findIndex((line) => !/^(\/\/|\/\*\*| \*)/.test(line));
  const head = lines
    .slice(0, end)
    .join(' ')
    .replace(/[/* ]+$/, '');
  if (/^\/[/*]+ .+[.:?)]$/.test(head)) return [];
  return [{ path: source.path, line: 1, says: 'begin the file with one sentence on what it is and promises' }];
}

function fileName(source: Source): Finding[] {
  if (source.path.split('/').every((part) => /^[a-z0-9]+([-.][a-z0-9]+)*$/.test(part))) return [];
  return [{ path: source.path, line: 1, says: 'names of files and folders are kebab-case' }];
}

/** A file whose one export is a class is named after it: `LinkSocket` in `link-socket.ts`, or a word of it. */
function namedAfterClass(source: Source): Finding[] {
  const [only, ...others] = source.tree.statements.filter(isExportedValue);
  if (!only || others.length > 0 || !ts.isClassDeclaration(only) || !only.name) return [];
  const stem = posix.basename(source.path).split('.')[0] ?? '';
  const wanted = wordsOf(only.name.text).join('-');
  if (sharesWord(stem, wanted)) return [];
  return [{ path: source.path, line: 1, says: `exports the class ${only.name.text}: call the file ${wanted}.ts` }];
}

function sharesWord(one: string, other: string): boolean {
  const words = new Set(other.split('-').flatMap(singularAndPlural));
  return one.split('-').some((word) => words.has(word));
}

function singularAndPlural(word: string): string[] {
  return [word, `${word}s`];
}

function emptyWords(source: Source): Finding[] {
  const inPath = source.path.split(/[/.-]/).filter((word) => EMPTY_WORDS.has(word));
  const findings = inPath.map((word) => ({ path: source.path, line: 1, says: emptyWord(word) }));
  walk(source.tree, (node) => {
    if (!isDeclaration(node) || !node.name || !ts.isIdentifier(node.name)) return;
    const word = wordsOf(node.name.text).find((part) => EMPTY_WORDS.has(part));
    if (word) findings.push(findingAt(source, node.name.getStart(source.tree), emptyWord(word)));
  });
  return findings;
}

function emptyWord(word: string): string {
  return `"${word}" says nothing: name it after what it does or is`;
}

function isDeclaration(node: ts.Node): node is ts.DeclarationStatement {
  return (
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

function isExportedValue(node: ts.Statement): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || !ts.canHaveModifiers(node)) return false;
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
