// The HTML export is readable, and no exported text can become markup.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { text } from '../../../../client/archive/export/html-page.js';
import type { StoredMessage } from '../../../../client/engine/core/store.js';
import { fromBob, sampleQuick, toBob } from '../../../contracts/client-store/samples.js';
import { aliceWith, done } from '../archive-fixture.js';

async function page(context: TestContext, messages: readonly StoredMessage[]): Promise<string> {
  const { archive, directory } = aliceWith(context, messages);
  const to = join(directory, 'alice.html');
  await done(archive, { type: 'export', format: 'html', to });
  return readFileSync(to, 'utf8');
}

/** The tags of a page, in order. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<\/?([a-zA-Z!][^\s>]*)/g)].map(([, name]) => name ?? '');
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '</p></div></section></body></html><h1>gone',
  '<!-- ]]> --> <![CDATA[ &lt;b&gt; &#60;b&#62;',
  'javascript:alert(1) data:text/html,<b>',
  '<style>*{display:none}</style><meta http-equiv=refresh content=0>',
  '<\u0000script>\u0007\u009b2J\ud800<',
];

test('no received text becomes markup', async (context) => {
  const harmless = await page(
    context,
    HOSTILE.map((_, at) => fromBob(at + 1, { text: 'x' })),
  );
  const hostile = await page(
    context,
    HOSTILE.map((words, at) => fromBob(at + 1, { text: words })),
  );
  assert.deepEqual(tagsOf(hostile), tagsOf(harmless));
  assert.equal(hostile.match(/alert\(1\)/g)?.length, 5);
  assert.doesNotMatch(hostile, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

test('any text stays within its element and within its attribute', () => {
  const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
  const property = fc.property(anything, (written) =>
    assert.doesNotMatch(text(written), /[<>"']|&(?!(amp|lt|gt|quot|#39);)/),
  );
  fc.assert(property, { numRuns: 500 });
});

test('the policy allows only the style of the page, and the page refers to nothing outside', async (context) => {
  const html = await page(context, [fromBob(1, { text: 'see https://example.org' })]);
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(html) ?? [];
  const digest = createHash('sha256').update(style).digest('base64');
  assert.equal(policy, `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`);
  assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<style>'));
  assert.doesNotMatch(html, /<(script|link|img|iframe|base|form)|\s(src|style|on\w+)=|@import|url\(/i);
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to);
  assert.deepEqual(links, ['#with-0']);
});

test('the page shows people, conversations, days, and author, time and state of messages', async (context) => {
  const day = 86_400_000;
  const html = await page(context, [
    fromBob(1, { text: 'two\nlines & more', at: 10 * day, lamport: 1 }),
    toBob(1, { state: 'read', at: 10 * day + 60_000, lamport: 2 }),
    sampleQuick(1, { text: 'look', at: 12 * day, lamport: 3 }),
  ]);
  const words = html
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replace(/<[^>]*>/g, '|')
    .replace(/[|\n]+/g, '|');
  assert.match(words, /\|bob\|friend, verified\|k{42}A\|eve\|none, blocked\|/);
  assert.match(words, /\|bob\|[^|]* January 1970\|\d\d:\d\d\| \|bob\|two\|lines &amp; more\|/);
  assert.match(words, /\|alice\| \|read\|to bob 1\|[^|]* January 1970\|\d\d:\d\d\| \|bob\| \|quick\|look\|/);
  assert.match(html, /<p dir="auto">two\nlines &amp; more<\/p>/);
  assert.equal(html.match(/<h3>/g)?.length, 2);
});
