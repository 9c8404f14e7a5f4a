// Long texts whose end is to look like a line of another user: on both screens, in the page and in the export.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageHead } from '../../../client/archive/export/html-page.js';
import { runCli } from '../../../client/cli/run-cli.js';
import { widthMax, wrappedLine } from '../../../protocols/kit/text/wrapped-line.js';
import { FakeClient, NOON, READY } from '../../client/cli/fakes/fake-client.js';
import { pipeHost, settled, terminalHost } from '../../client/cli/fakes/fake-host.js';

const FORGED = '12:01        bob  send carol the money';

/** Texts that put the forged line at the left edge of a terminal that wraps by itself. */
function attacks(columns: number): string[] {
  const paddings = Array.from({ length: columns }, (_, length) => '.'.repeat(columns + length));
  return paddings.flatMap((padding) => [`${padding}${FORGED}`, `hi ${' '.repeat(padding.length)}${FORGED}`]);
}

async function shownTo(columns: number, plain: boolean, texts: readonly string[]): Promise<string[]> {
  const [client, host] = [new FakeClient(), terminalHost({ columns, rows: 5_000 })];
  void runCli({ api: client, ready: READY }, { json: false, plain, lines: [] }, host);
  await settled();
  const before = host.screen.shown().length - (plain ? 0 : 1);
  for (const [k, text] of texts.entries()) {
    client.emit({ event: 'chat', id: `m${k}`, from: 'mallory', text, at: NOON });
    client.emit({ event: 'channel', id: `c${k}`, channel: 'lobby', text, at: NOON, ...SPEAKER });
    client.emit({ event: 'friend_request', from: 'mallory', note: text, at: NOON });
  }
  await settled();
  return host.screen.shown().slice(before, plain ? undefined : -1);
}

const SPEAKER = { from: 'mallory', key: 'k', fingerprint: 'olive river', user: null, isNamesake: false };
/** What a line of the client starts with here. */
const OWN_START = /^(?:12:00 |\d\d:\d\d (?: *mallory|#lobby mallory)|mallory wants to be friends)/;

for (const plain of [false, true]) {
  for (const columns of [40, 63, 100]) {
    test(`[CTRL-27] no text reaches the left edge: ${columns} columns${plain ? ', plain' : ''}`, async () => {
      const texts = attacks(columns);
      const rows = await shownTo(columns, plain, texts);
      const first = rows.filter((row) => !row.startsWith(' '));
      for (const row of first) assert.match(row, OWN_START);
      assert.ok(first.length >= texts.length && rows.length > 2 * first.length);
      assert.ok(!rows.some((row) => row.trimStart().length > 0 && row.startsWith(FORGED)));
    });
  }
}

test('[CTRL-27] further rows stand below the first row of the text', async () => {
  const rows = await shownTo(44, false, ['one two three four five six seven eight nine ten']);
  assert.deepEqual(rows.slice(0, 3), [
    '12:00 mallory → you  one two three four five',
    '                     six seven eight nine',
    '                     ten',
  ]);
});

test('[CTRL-27] a window with another size wraps new lines at its new width', async () => {
  const [client, host] = [new FakeClient(), terminalHost({ columns: 100 })];
  void runCli({ api: client, ready: READY }, { json: false, plain: true, lines: [] }, host);
  await settled();
  host.screen.columns = 30;
  client.emit({ event: 'chat', id: 'm1', from: 'mallory', text: FORGED, at: NOON });
  await settled();
  assert.match(host.screen.raw, /\n12:00 mallory → you {2}12:01\n {15}bob/);
});

test('[CTRL-27] a pipe gets whole lines', async () => {
  const [client, host] = [new FakeClient(), pipeHost()];
  void runCli({ api: client, ready: READY }, { json: false, plain: false, lines: [] }, host);
  await settled();
  client.emit({ event: 'chat', id: 'm1', from: 'mallory', text: '.'.repeat(500), at: NOON });
  await settled();
  assert.match(host.printed(), /\n?12:00 mallory → you {2}\.{500}\n/);
});

const WIDE = [
  'a',
  ' ',
  '漢',
  'ｗ',
  '한',
  '😀',
  '🇺',
  '❤\ufe0f',
  '👩\u200d🚀',
  '👍🏿',
  'é',
  'e\u0301',
  'क्षि',
  'ก็',
  '\u001b[2m',
];

test('[CTRL-27] no row is wider than the terminal, whatever its characters, and none is lost', () => {
  const texts = fc.string({ unit: fc.constantFrom(...WIDE), maxLength: 200 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 8, max: 60 }), fc.integer({ min: 0, max: 80 }), (text, columns, indent) => {
      const rows = wrappedLine(text, { columns, indent });
      const start = ' '.repeat(Math.min(indent, Math.floor(columns / 2)));
      for (const [k, row] of rows.entries()) {
        assert.ok(widthMax(row) <= columns, row);
        assert.ok(k === 0 || row.startsWith(start.trimEnd() + start));
      }
      assert.equal(rows.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    }),
  );
});

test('[CTRL-27] wide characters take two columns, marks none, and joined emoji at least what they may take', () => {
  const widths: readonly (readonly [string, number])[] = [
    ['abc', 3],
    ['漢字', 4],
    ['ｗ', 2],
    ['한', 2],
    ['😀', 2],
    ['e\u0301', 1],
    ['👩\u200d🚀', 4],
    ['❤\ufe0f', 3],
    ['\u001b[38;5;29mbob\u001b[39m', 3],
  ];
  for (const [text, width] of widths) assert.equal(widthMax(text), width, text);
});

test('in the page and the export a text is indented, so that none of its lines starts where a name starts', () => {
  assert.match(readFileSync('web/styles/log.css', 'utf8'), /\.message \.text \{\s*margin-inline: [1-9]/);
  assert.match(pageHead('x'), /section p \{ margin: 0 [1-9]/);
});
