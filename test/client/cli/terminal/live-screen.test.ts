// A terminal with a cursor, seen through a virtual one: half-typed lines survive, keys do what people expect.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveScreen } from '../../../../client/cli/terminal/live-screen.js';
import type { KeyboardHandler } from '../../../../client/cli/terminal/screen.js';
import { settled, terminalHost } from '../fakes/fake-host.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const UP = '\x1b[A';
const LEFT = '\x1b[D';
const TAB = '\t';

function opened(size: { columns?: number } = {}) {
  const host = terminalHost(size);
  const did: string[] = [];
  const handler: KeyboardHandler = {
    enterLine: (line) => void did.push(`typed ${line}`),
    pasteText: (text) => did.push(`pasted ${JSON.stringify(text)}`) > 0,
    interrupt: () => void did.push('interrupted'),
    endInput: () => void did.push('ended line'),
    inputClosed: () => void did.push('left'),
    completions: (line) => [['connect ', 'cancel '].filter((word) => word.startsWith(line)), line],
  };
  const screen = new LiveScreen(host, handler);
  screen.prompt('alice> ');
  return { host, did, screen };
}

test('[CTRL-18] output is printed above the half-typed line', async () => {
  const { host, screen } = opened();
  await host.type('say bob half');
  screen.print(['12:00        bob  hi', 'second line']);
  assert.deepEqual(host.screen.shown(), ['12:00        bob  hi', 'second line', 'alice> say bob half']);
  assert.deepEqual(host.screen.cursor(), { row: 2, column: 'alice> say bob half'.length });
  await host.type(' done');
  assert.equal(host.screen.shown().at(-1), 'alice> say bob half done');
});

test('[CTRL-18] the cursor keeps its place in the line', async () => {
  const { host, did, screen } = opened();
  await host.type(`helo${LEFT}`);
  screen.print(['news']);
  await host.type('l\r');
  assert.deepEqual(did, ['typed hello']);
});

test('[CTRL-18] a line that wraps over several rows survives, whole rows included', async () => {
  for (const length of [13, 12, 33, 53, 60]) {
    const { host, screen } = opened({ columns: 20 });
    const line = 'abcdefghij'.repeat(6).slice(0, length);
    await host.type(line);
    for (const news of ['one', 'two', 'three']) screen.print([news]);
    const shown = host.screen.shown();
    assert.deepEqual(shown.slice(0, 3), ['one', 'two', 'three'], String(length));
    assert.equal(shown.slice(3).join(''), `alice> ${line}`, String(length));
  }
});

test('[CTRL-18] another prompt keeps the half-typed line', async () => {
  const { host, screen } = opened();
  await host.type('half');
  screen.prompt('alice (bob 1)> ');
  assert.deepEqual(host.screen.shown(), ['alice (bob 1)> half']);
});

test('Ctrl+C clears a half-typed line, wherever the cursor is in it, and only then interrupts', async () => {
  const { host, did } = opened();
  await host.type(`half${LEFT}${LEFT}`);
  await host.type(CTRL_C);
  assert.deepEqual(did, []);
  assert.deepEqual(host.screen.shown(), ['alice>']);
  await host.type(CTRL_C);
  assert.deepEqual(did, ['interrupted']);
});

test('Ctrl+D on an empty line is reported, and typing goes on with the lines remembered', async () => {
  const { host, did } = opened();
  await host.type('who\r');
  await host.type(CTRL_D);
  await host.type(`${UP}\r`);
  assert.deepEqual(did, ['typed who', 'ended line', 'typed who']);
});

test('a closed input ends the screen once', async () => {
  const { host, did } = opened();
  host.input.end();
  await settled();
  assert.deepEqual(did, ['left']);
});

test('Tab completes the only matching word', async () => {
  const { host, did } = opened();
  await host.type('con');
  await host.type(TAB);
  await host.type('bob\r');
  assert.deepEqual(did, ['typed connect bob']);
});
