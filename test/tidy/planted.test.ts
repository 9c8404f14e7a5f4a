// The tidy rules themselves: each planted violation is caught, and its tidy counterpart passes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bansRule } from './bans.js';
import { commandTableRule } from './command-table.js';
import { cyclesRule } from './imports/cycles.js';
import { headsRule } from './heads.js';
import { layersRule } from './imports/layers.js';
import { limitsRule } from './limits.js';
import { reachRule } from './imports/reach.js';
import { retiredWordsRule } from './words/retired-words.js';
import { foldersRule, sizesRule, styleSize } from './sizes.js';
import { sourceOf, type Finding, type Rule } from './source.js';
import { citedRulesRule, specPresenceRule, specRulesRule } from './spec-rules.js';
import { vagueLines } from './words/vague-words.js';

const HEAD = '// A thing that promises something.\n';

function says(findings: readonly Finding[]): string {
  return findings.map((finding) => finding.says).join('\n');
}

/** `planted`: path, text, and what the rule must say about it; null where it must say nothing. */
function judges(rule: Rule, planted: readonly [path: string, text: string, expected: RegExp | null][]): void {
  for (const [path, text, expected] of planted) {
    const said = says(rule(sourceOf(path, text)));
    if (expected === null) assert.equal(said, '', `${path}: ${text}`);
    else assert.match(said, expected, `${path}: ${text}`);
  }
}

test('imports across layers are caught', () => {
  judges(layersRule, [
    ['protocols/kit/a.ts', "import { x } from '../chat/x.js';", /only protocols\/kit/],
    ['protocols/chat/a.ts', "import { x } from '../quick/x.js';", /only protocols\/chat, protocols\/kit/],
    ['protocols/chat/a.ts', "import { x } from '../kit/x.js'; import { y } from './y.js';", null],
    ['runtime/a.ts', "export { x } from '../protocols/session/x.js';", /only runtime/],
    ['client/run.ts', "const x = await import('../nameserver/x.js');", /only client/],
    ['client/engine/a.ts', "import { x } from '../store/x.js';", /only client\/engine/],
    ['client/engine/server/a.ts', "import type { x } from '../transport/x.js';", /only client\/engine\/server/],
    ['client/engine/chat/a.ts', "import { x } from '../groups/x.js';", /only client\/engine\/chat/],
    ['client/engine/lifecycle/a.ts', "import { x } from '../chat/x.js'; import { y } from '../core/y.js';", null],
    ['client/cli/a.ts', "import type { x } from '../engine/x.js';", /only client\/cli/],
    ['start/a.ts', "type X = import('../client/x.js').X;", /only start/],
    ['test/a.ts', "import { x } from '../nameserver/x.js';", null],
    ['elsewhere/a.ts', '', /no layer/],
  ]);
});

test('an import cycle is caught once, by values or by types, and named whole', () => {
  const found = (files: readonly [path: string, text: string][]): string =>
    says(cyclesRule(files.map(([path, text]) => sourceOf(path, text))));
  const loop: [string, string][] = [
    ['client/a.ts', "import { b } from './b.js';"],
    ['client/b.ts', "import type { c } from './deep/c.js';"],
    ['client/deep/c.ts', "type A = import('../a.js').A;"],
  ];
  assert.equal(
    found(loop),
    'imports itself through client/b.ts, client/deep/c.ts: move what both need to a lower file',
  );
  assert.match(found([['client/a.ts', "import { a } from './a.js';"]]), /through itself/);
  assert.equal(found(loop.slice(0, 2)), '');
  assert.match(
    found([
      ['web/a.ts', "import { v } from './v.js';"],
      ['web/v.tsx', "import { a } from './a.js';"],
    ]),
    /web\/v\.tsx/,
  );
});

test('a package is imported only by its files', () => {
  judges(layersRule, [
    ['runtime/sqlite.ts', "import Database from 'better-sqlite3';", null],
    ['client/store/a.ts', "import Database from 'better-sqlite3';", /runtime\/sqlite\.ts/],
    ['nameserver/routes/a.ts', "import fastify from 'fastify';", null],
    ['client/run.ts', "import { Agent } from 'undici';", /client\/directory-client\.ts/],
    ['client/run.ts', "import { readFile } from 'node:fs/promises';", /runtime/],
    ['nameserver/a.ts', "import type { Socket } from 'node:net';", null],
    ['nameserver/a.ts', "import { connect } from 'node:net';", /runtime/],
    ['protocols/chat/a.ts', "import { join } from 'node:path';", /pure code/],
    ['protocols/chat/a.ts', "import type { Socket } from 'node:net';", /pure code/],
    ['nameserver/a.ts', "import { x } from 'left-pad';", /docs\/decisions/],
    ['nameserver/a.ts', "import { x } from '@a/b/c';", /@a\/b is imported nowhere else/],
  ]);
});

test('banned words of code are caught, and not inside strings, patterns or comments', () => {
  judges(bansRule, [
    ['client/a.ts', 'const at = Date.now();', /clock\.now/],
    ['client/a.ts', 'const at = new Date();', /clock\.now/],
    ['client/a.ts', 'const at = new Date(0);', null],
    ['client/a.ts', 'const at = performance.now();', /clock\.now/],
    ['bench/a.ts', 'const at = performance.now();', null],
    ['bench/a.ts', 'const at = Date.now();', /clock\.now/],
    ['test/a.ts', 'const n = Math.random();', /RandomSource/],
    ['runtime/sources.ts', 'export const at = Date.now() + Math.random();', null],
    ['nameserver/a.ts', 'console.log(1);', /stream/],
    ['nameserver/main.ts', 'console.log(1);', null],
    ['client/a.ts', 'const x = y as any;', /TypeBox/],
    ['client/a.ts', 'export default 1;', /by name/],
    ['test/a.ts', "test.only('x', f);", /npm test/],
    ['test/a.ts', "test.skip('x', f);", /reason/],
    ['client/a.ts', 'const s = `Date.now() ${1} console`; const r = /console/; // Math.random', null],
    ['client/a.ts', 'const s = `${Date.now()}`;', /clock\.now/],
  ]);
});

test('banned words of comments and empty catches are caught', () => {
  judges(bansRule, [
    ['client/a.ts', '// TODO later', /open an issue/],
    ['client/a.ts', '/* FIXME */', /open an issue/],
    ['client/a.ts', '// @ts-ignore', /say the type/],
    ['client/a.ts', '// @ts-expect-error', /say the type/],
    ['test/a.ts', '// @ts-expect-error', null],
    ['client/a.ts', '/* eslint-disable */', /rule/],
    ['client/a.ts', "const s = 'TODO';", null],
    ['client/a.ts', 'try { f(); } catch { /* nothing */ }', /empty catch/],
    ['client/a.ts', 'try { f(); } catch { return null; }', null],
  ]);
});

const LONG = 'f();\n'.repeat(41);

test('sizes are caught', () => {
  judges(sizesRule, [
    ['client/a.ts', `function f() {\n${LONG}}`, /43 lines/],
    ['client/a.ts', `const f = () => {\n${LONG}};`, /43 lines/],
    ['client/a.ts', `function f() {\n${'f();\n'.repeat(38)}}`, null],
    ['client/a.ts', `f(() => {\n${'f();\n'.repeat(10)}});\n${'f();\n'.repeat(300)}`, /312 lines/],
    ['client/a.ts', `export const T = [\n${'1,\n'.repeat(310)}];\n`, null],
    ['client/a.ts', `const a = ${'1 + '.repeat(40)}1;`, /columns/],
    ['client/a.ts', `const T = {\n  text: '${'x'.repeat(120)}',\n};`, null],
    ['client/a.ts', 'function f(a, b, c, d, e) {}', /5 parameters/],
    ['client/a.ts', 'class A { constructor(a, b, c, d, e) {} }', /5 parameters/],
    ['client/a.ts', 'function f() { if (a) for (;;) while (b) if (c) d(); }', /nested 4/],
    ['client/a.ts', 'function f() { if (a) b(); else if (c) d(); else if (e) g(); else if (h) i(); }', null],
    ['test/a.ts', `function suite() {\n${`test('x', () => {\n${'f();\n'.repeat(20)}});\n`.repeat(3)}}`, null],
    ['client/a.ts', `function suite() {\n${`test('x', () => {\n${'f();\n'.repeat(20)}});\n`.repeat(3)}}`, /68 lines/],
  ]);
});

test('a long style is caught', () => {
  assert.deepEqual(styleSize('web/a.css', 'p{}\n'.repeat(300)), []);
  assert.match(says(styleSize('web/a.css', 'p{}\n'.repeat(301))), /301 lines/);
});

test('a crowded folder is caught', () => {
  const folder = (files: number) => Array.from({ length: files }, (_, at) => sourceOf(`client/part/f${at}.ts`, HEAD));
  assert.equal(says(foldersRule(folder(12))), '');
  assert.match(says(foldersRule(folder(13))), /13 files/);
});

test('heads and names are caught', () => {
  judges(headsRule, [
    ['client/a.ts', HEAD, null],
    ['client/main.ts', `#!/usr/bin/env node\n${HEAD}`, null],
    ['client/a.ts', '/** Two lines that\n * promise something. */\n', null],
    ['client/a.ts', "import { x } from './x.js';\n", /one sentence/],
    ['client/a.ts', '// no full stop\n', /one sentence/],
    ['client/aB.ts', HEAD, /kebab-case/],
    ['client/snake_case.ts', HEAD, /kebab-case/],
    ['client/link-socket.ts', `${HEAD}export class LinkSocket {}`, null],
    ['client/sqlite.ts', `${HEAD}export class SqliteStore {}`, null],
    ['client/thing.ts', `${HEAD}export class LinkSocket {}`, /link-socket\.ts/],
    ['client/thing.ts', `${HEAD}export class LinkSocket {}\nexport function thing() {}`, null],
    ['client/utils.ts', HEAD, /"utils" says nothing/],
    ['client/common/a.ts', HEAD, /"common" says nothing/],
    ['client/a.ts', `${HEAD}class PeerManager {}`, /"manager" says nothing/],
    ['client/a.ts', `${HEAD}function callService() {}`, /"service" says nothing/],
  ]);
});

test('retired words are caught in exported names and paths', () => {
  judges(retiredWordsRule, [
    ['client/link-socket.ts', `${HEAD}export class LinkSocket {}`, null],
    ['client/face.ts', HEAD, /"face" is retired: say user interface/],
    ['client/shelf/a.ts', HEAD, /"shelf" is retired/],
    ['client/a.ts', `${HEAD}export class EventShelf {}`, /"shelf" is retired: say store or buffer/],
    ['client/a.ts', `${HEAD}export const eventShelf = 1;`, /"shelf" is retired/],
    ['client/a.ts', `${HEAD}export class Chain {}`, /Chain is retired: say MembershipLog/],
    ['client/a.ts', `${HEAD}export class SupplyChain {}\nconst shelf = 1;`, null],
  ]);
});

test('vague words are counted, outside of the rules about them', () => {
  const text = 'whoever asks\nthe sender asks\nNobody answers';
  assert.deepEqual(vagueLines([{ path: 'docs/a.md', text }]), ['docs/a.md:1', 'docs/a.md:3']);
  assert.deepEqual(vagueLines([{ path: 'test/tidy/a.ts', text }]), []);
});

test('limits without both halves, and names used twice, are caught', () => {
  const table = (entry: string): string => `${HEAD}export const X_LIMITS = {\n  ${entry}\n} as const;\n`;
  const judge = (...entries: string[]): string =>
    says(limitsRule(entries.map((entry, at) => sourceOf(`protocols/kit/limits/x${at}.ts`, table(entry)))));
  assert.equal(judge('/** A queue. Raised: more memory. Lowered: bursts are lost. */ queueMax: 9,'), '');
  assert.equal(judge('/**\n   * Raised: more\n   * memory. Lowered: bursts are lost.\n   */\n  queueMax: 9,'), '');
  assert.match(judge('/** Raised: more memory. */ queueMax: 9,'), /queueMax: write/);
  assert.match(judge('queueMax: 9,'), /queueMax: write/);
  const both = '/** Raised: a. Lowered: b. */ queueMax: 9,';
  assert.match(judge(both, both), /a second limit is called queueMax/);
});

test('dead files are caught', () => {
  const tree = (main: string) => [
    sourceOf('client/main.ts', main),
    sourceOf('client/run.ts', "export * from './part.js';"),
    sourceOf('client/part.ts', ''),
  ];
  assert.deepEqual(reachRule(tree("await import('./run.js');")), []);
  assert.deepEqual(reachRule(tree("new URL('./run.js', import.meta.url);")), []);
  assert.deepEqual(
    reachRule(tree('')).map(({ path }) => path),
    ['client/run.ts', 'client/part.ts'],
  );
});

test('rules without a test, tests without a rule, and rules named twice are caught', () => {
  const spec = {
    path: 'protocols/chat/SPEC.md',
    text: 'See [CHAT-9].\n[CHAT-1] One.\n- **[CHAT-2]** Two.\n| [CHAT-4] | Four. |\n',
  };
  const tests = (text: string) => [sourceOf('test/protocols/chat/a.test.ts', text)];
  const both = "test('[CHAT-1] x', f); t.test(`[CHAT-2] [CHAT-4] ${x}`, f);";
  assert.equal(says(specRulesRule([spec], tests(both))), '');
  assert.match(
    says(specRulesRule([spec], tests("test('[CHAT-1] x', f); other('[CHAT-2]');"))),
    /named after \[CHAT-2\]/,
  );
  assert.match(
    says(specRulesRule([spec], tests(`${both} test('[CHAT-3] x', f);`))),
    /no SPEC\.md has a rule \[CHAT-3\]/,
  );
  assert.match(says(specRulesRule([spec, spec], tests(both))), /names two rules/);
  assert.match(
    says(citedRulesRule([{ path: 'docs/a.md', text: 'so [CHAT-1] [CHAT-7]' }], [spec])),
    /^no SPEC.*CHAT-7\]$/,
  );
  assert.match(says(specPresenceRule([spec], [sourceOf('protocols/quick/a.ts', HEAD)])), /without SPEC\.md/);
  assert.equal(says(specPresenceRule([spec], [sourceOf('protocols/chat/a.ts', HEAD)])), '');
});

test('a command that the README lacks, or invents, is caught', () => {
  const table =
    '## Commands\n\n| command | does |\n|---|---|\n| `who` / `fly <place>` | … |\n\n## More\n\n| `list` | … |\n';
  const said = says(commandTableRule(table));
  assert.match(said, /help does not know this command: fly <place>/);
  assert.match(said, /lacks: list/);
  assert.doesNotMatch(said, /: who$/m);
});
