// Your own messages on the screen: one line each, with the time, whose state changes in place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../../../protocols/control/event.js';
import { NOON } from '../fakes/fake-client.js';
import { settled } from '../fakes/fake-host.js';
import { openTerminal } from '../fakes/open-terminal.js';

type State = Extract<ClientEvent, { event: 'state' }>['state'];
const reached = (state: State, id = 'm1'): ClientEvent => ({ event: 'state', id, to: 'bob', state, at: NOON });
const PROMPT = 'alice → bob (carol 2, group:lake 2)>';

test('[CTRL-42] an own message is one line with its time, and its state changes in place', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  await host.type('hello\r');
  assert.deepEqual(last(2), ['12:00      alice  hello  … queued', PROMPT]);
  client.emit({ event: 'chat', id: 'c1', from: 'bob', text: 'hi', at: NOON });
  await host.type('half');
  const { row, column } = host.screen.cursor();
  for (const state of ['delivered', 'read'] as const) client.emit(reached(state));
  host.clock.pass(500);
  await settled();
  assert.deepEqual(last(3), ['12:00      alice  hello  ✓✓ read', '12:00        bob  hi', `${PROMPT} half`]);
  assert.deepEqual(host.screen.cursor(), { row, column });
  client.emit(reached('delivered'));
  assert.equal(last(3)[0], '12:00      alice  hello  ✓✓ read');
});

test('[CTRL-42] quick and private messages take the place of what was typed, too', async () => {
  const { host, last } = await openTerminal();
  await host.type('message bob look outside\r');
  assert.equal(last(2)[0], '12:00 alice (quick) → bob  look outside  ✓ delivered');
  await host.type('private bob see you\r');
  assert.equal(last(2)[0], '12:00 alice → bob (private)  see you  ✓ delivered');
  const shown = host.screen.shown().join('\n');
  assert.deepEqual([shown.split('look outside').length, shown.split('see you').length], [2, 2]);
});

test('[CTRL-42] a line that has scrolled away gets one quiet line, without its text', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  await host.type('one\rtwo\r');
  for (let k = 0; k < host.screen.rows; k += 1)
    client.emit({ event: 'chat', id: `c${k}`, from: 'bob', text: `${k}`, at: NOON });
  for (const id of ['m1', 'm2']) client.emit(reached('read', id));
  host.clock.pass(500);
  await settled();
  assert.deepEqual(last(2), ['12:00 ✓✓ 2 read', PROMPT]);
});

test('[CTRL-42] long messages and prompts of several rows are replaced, too', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  await host.type(`${'word '.repeat(30)}\r`);
  client.emit(reached('read'));
  await settled();
  const shown = last(12).filter((line) => line.includes('word'));
  assert.equal(shown.join(' ').match(/word/g)?.length, 30);
  assert.match(shown[0] ?? '', /^12:00 {6}alice {2}word/);
  assert.match(last(2)[0] ?? '', /✓✓ read$/);
});
