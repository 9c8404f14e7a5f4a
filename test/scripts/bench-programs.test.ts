// The benchmarks start programs by the names of their files, which the compiler does not check.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const sources = readdirSync('bench', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

test('every program that a benchmark starts exists', () => {
  const started = sources.flatMap((path) => {
    const text = readFileSync(join('bench', path), 'utf8');
    return [...text.matchAll(/new Child\('([^']+)'|onOne\('([^']+)'/g)].map(([, one, other]) => one ?? other ?? '');
  });
  assert.ok(started.length >= 8, 'the names are found');
  for (const name of started) assert.ok(existsSync(join('bench', `${name}.ts`)), `bench/${name}.ts`);
});
