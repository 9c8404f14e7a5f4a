// Which test files run, and in what order: what is quick and precise first, real processes last.

import { readdirSync } from 'node:fs';
import { inRoot } from './root.mjs';

/** Folders (and files) of test/ that come in this order, after tidy and the unit tests. The longest is not the last. */
const LATER = ['contracts', 'sim', 'transcripts', 'fuzz', 'e2e'];

/** Compiled test files whose source path holds any of the texts, or all of them where none is wanted. */
export function testFiles(wanted) {
  return testsIn('test')
    .filter((path) => wanted.length === 0 || wanted.some((text) => path.includes(text)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => inRoot('dist', path.replace(/\.ts$/, '.js')));
}

function testsIn(folder) {
  return readdirSync(inRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return testsIn(path);
    return path.endsWith('.test.ts') ? [path] : [];
  });
}

function rank(path) {
  const part = path.split('/')[1];
  if (part.startsWith('tidy')) return -1;
  return LATER.indexOf(part) + 1;
}
