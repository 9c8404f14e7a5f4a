// The house rules as a test that reads the source. Each finding says where, what, and what to do instead.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VERSION } from '../protocols/kit/version.js';
import { bansRule } from './tidy/bans.js';
import { commandNames, commandTableRule, PROMISED } from './tidy/command-table.js';
import { cyclesRule } from './tidy/imports/cycles.js';
import { headsRule } from './tidy/heads.js';
import { layersRule } from './tidy/imports/layers.js';
import { limitsRule } from './tidy/limits.js';
import { reachRule } from './tidy/imports/reach.js';
import { refusalsPage } from './tidy/refusals-page.js';
import { retiredWordsRule } from './tidy/words/retired-words.js';
import { foldersRule, sizesRule, styleSize } from './tidy/sizes.js';
import { filesUnder, readSources, type Finding } from './tidy/source.js';
import { vagueLines } from './tidy/words/vague-words.js';
import { citedRulesRule, specPresenceRule, specRulesRule } from './tidy/spec-rules.js';

const ROOT = process.cwd();
const sources = readSources(ROOT);
const specs = filesUnder(ROOT, /(^|\/)SPEC\.md$/).map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function none(findings: readonly Finding[]): void {
  const lines = findings.map(({ path, line, says }) => `${path}:${line} ${says}`);
  if (lines.length > 0) assert.fail(`\n${lines.join('\n')}\n`);
}

test('every file imports only what its layer may, and packages only in their files', () =>
  none(sources.flatMap(layersRule)));
test('no file imports itself through others, types included', () => none(cyclesRule(sources)));
test('nothing banned stands in the code', () => none(sources.flatMap(bansRule)));
test('functions, files, lines, parameters and nesting keep their bounds', () => none(sources.flatMap(sizesRule)));
test('styles keep the bounds of files', () =>
  none(filesUnder(ROOT, /\.css$/).flatMap((path) => styleSize(path, readFileSync(path, 'utf8')))));
test('no folder holds more files than a reader can', () => none(foldersRule(sources)));
test('every file says at its head what it is, and has a name that fits', () => none(sources.flatMap(headsRule)));
test('no exported name, file or folder has a retired word', () => none(sources.flatMap(retiredWordsRule)));
test('no file is dead', () => none(reachRule(sources)));
test('every limit says what gets worse when it is raised and when it is lowered', () => none(limitsRule(sources)));
test('every protocol has a SPEC', () => none(specPresenceRule(specs, sources)));
test('every rule of a SPEC is quoted by a test, and every quoted rule exists', () =>
  none(specRulesRule(specs, sources)));
test('every rule that a page cites exists', () => {
  const pages = ['docs/threat-model.md', 'ARCHITECTURE.md', 'README.md'].map((path) => ({
    path,
    text: readFileSync(path, 'utf8'),
  }));
  none(citedRulesRule(pages, specs));
});

test('docs/refusals.md is in step with the table of refusals (npm run docs writes it)', () => {
  assert.equal(readFileSync('docs/refusals.md', 'utf8'), refusalsPage());
});

test('the README lists the commands as help does', () => none(commandTableRule(readFileSync('README.md', 'utf8'))));

test('every promised command is there', () => {
  const names = commandNames();
  assert.deepEqual(
    PROMISED.filter((name) => !names.includes(name)),
    [],
  );
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal(VERSION, version);
});

/** Lowered as texts get better; a few places need such a word. */
const VAGUE_LINES_MAX = 54;

test('sources and pages name who does what, and rarely use a vague word', () => {
  const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`);
  const paths = [...pages, ...readdirSync('.')].filter((path) => path.endsWith('.md'));
  const texts = [...specs, ...paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }))];
  const lines = vagueLines([...sources, ...texts]);
  const shown = lines.slice(0, 20).join('\n');
  assert.ok(lines.length <= VAGUE_LINES_MAX, `${lines.length} lines of ${VAGUE_LINES_MAX}: name who it is\n${shown}`);
});
