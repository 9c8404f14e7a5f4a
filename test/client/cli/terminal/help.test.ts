// Help at a terminal, and what a person sees first in a conversation with unread messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawResult } from '../../../../client/cli/draw/results.js';
import { NO_COLOURS } from '../../../../client/cli/draw/colours.js';
import { indented } from '../../../../client/cli/terminal/screen.js';
import { COMMANDS } from '../../../../protocols/control/command-table.js';
import { help, TOPICS } from '../../../../protocols/control/help.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { openTerminal } from '../fakes/open-terminal.js';

function shown(topic: string | null): readonly string[] {
  const data = help(topic);
  assert.ok(!(data instanceof Refusal), `help ${topic ?? ''}`);
  const view = { me: 'alice', conversation: null, colours: NO_COLOURS, zone: 'UTC', now: 0, columns: 80 };
  return indented(drawResult({ ok: true, command: { type: 'help', topic }, data }, view), 80);
}

test('[CTRL-43] every help fits on a screen, and help alone names every command', () => {
  const topics = [
    null,
    ...Object.values(TOPICS),
    ...COMMANDS.map(({ name }) => name),
    'queued',
    'held',
    'read',
    'post',
  ];
  // One row is left for the prompt, and one for the line that was typed.
  for (const topic of topics) assert.ok(shown(topic).length <= 22, `help ${topic ?? ''}: ${shown(topic).length} rows`);
  const all = shown(null).join(' ').replace(/\s+/g, ' ');
  for (const { name } of COMMANDS) assert.ok(all.includes(name), name);
});

test('[CTRL-43] help takes topics, commands of two words, and states of messages', async () => {
  const { host, last } = await openTerminal();
  await host.type('help post upload\r');
  assert.match(last(6).join('\n'), /^post upload <path>/m);
  await host.type('help held\r');
  assert.match(last(8).join(' '), /held by the server: your friend is offline/);
  await host.type('help groups\r');
  assert.match(last(20).join('\n'), /create_group <group>.*\n(.*\n)*.*leave_group/);
});

test('[CTRL-43] in a conversation help says what must be typed there', async () => {
  const { host, last } = await openTerminal();
  await host.type('connect bob\r');
  await host.type('/help held\r');
  assert.match(last(4).join(' '), /type: \/outbox, then: \/cancel <id>/);
  await host.type('/help\r');
  assert.match(last(3).join(' '), /type: \/help groups or \/help post upload or \/help held/);
});

test('[CTRL-44] a line stands before the first unread message of a conversation', async () => {
  const { client, host, last } = await openTerminal();
  client.answers.set('connect', { ok: true, data: { user: 'bob', online: true, unread: 1 } });
  await host.type('connect bob\r');
  const rows = last(20);
  const at = rows.indexOf('── new ──');
  assert.equal(rows[at + 1], '22:10        bob  are you there?');
});
