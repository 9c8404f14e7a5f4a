// The threat model names a test for each attack that was carried out; every test of an attack is named there.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = 'test/hostile';
const SECTION = '## Attacks that were carried out';

/** An attack, what holds against it, and the tests that carry it out. */
interface Attack {
  readonly name: string;
  readonly holds: string;
  readonly tests: readonly string[];
}

/** Reads the rows `| attack | what holds | tests |` of the section; a test is a file name in backticks. */
function attacksOf(page: string): Attack[] {
  const section = page.split(SECTION)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| attack |'));
  return rows.map((row) => {
    const [name = '', holds = '', tests = ''] = row
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { name, holds, tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? '') };
  });
}

const attacks = attacksOf(readFileSync('docs/threat-model.md', 'utf8'));
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && file !== 'threat-model.test.ts')
  .sort();

test('each attack of the threat model says what holds and names its tests', () => {
  assert.ok(attacks.length > 0);
  for (const { name, holds, tests } of attacks) assert.ok(name && holds && tests.length > 0, name);
});

test('each test that the threat model names exists', () => {
  const missing = attacks.flatMap(({ tests }) => tests).filter((file) => !files.includes(file));
  assert.deepEqual(missing, []);
});

test('each test of an attack is named in the threat model', () => {
  const named = new Set(attacks.flatMap(({ tests }) => tests));
  assert.deepEqual(
    files.filter((file) => !named.has(file)),
    [],
  );
});
