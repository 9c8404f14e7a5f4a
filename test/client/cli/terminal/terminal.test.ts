// The terminal as a person sees it: greeting, conversations, unread counts, bells, states, and how it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../../../client/cli/run-cli.js';
import type { ClientEvent } from '../../../../protocols/control/event.js';
import { FakeClient, NOON, READY, WAITING } from '../fakes/fake-client.js';
import { settled, terminalHost } from '../fakes/fake-host.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';

async function opened({ plain = false, hasColours = false } = {}) {
  const [client, host] = [new FakeClient(), terminalHost({ columns: 100, hasColours })];
  const over = runCli({ api: client, ready: READY }, { json: false, plain, lines: [] }, host);
  await settled();
  return { client, host, over };
}

function chat(from: string, text: string): ClientEvent {
  return { event: 'chat', from, text, id: `id of ${text}`, at: NOON };
}

function lastLines({ host }: Awaited<ReturnType<typeof opened>>, count: number): string[] {
  return host.screen.shown().slice(-count);
}

test('a terminal greets, goes online by itself and shows unread messages and requests', async () => {
  const { client, host } = await opened();
  assert.deepEqual(
    client.commands.map((command) => command.type),
    ['list', 'requests', 'online', 'groups'],
  );
  assert.deepEqual(host.screen.shown(), [
    'Kith 1.0.0. You are alice; friends reach you at port 40001.',
    'Type help for all commands, connect <user> to open a conversation, exit to leave.',
    '2 unread from carol. Type: connect carol',
    'dave wants to be friends: from the lake  (accept dave or reject dave)',
    '2 unread in lake. Type: group lake',
    'alice (carol 2, group:lake 2)>',
  ]);
});

test('connect shows recent messages, then each line is a message', async () => {
  const terminal = await opened();
  await terminal.host.type('connect bob\rhello\r');
  assert.deepEqual(lastLines(terminal, 10), [
    'alice (carol 2, group:lake 2)> connect bob',
    '12:00      alice  hello  … queued',
    '── Thursday 19 November 2026 ──',
    '22:10        bob  are you there?',
    '── Friday 20 November 2026 ──',
    '07:05      alice  now I am  ✓✓ read',
    '07:06 alice (quick)  look  ? not confirmed',
    '07:07 alice (as remembered by bob)  I owe you ten  ? not proven',
    'Conversation with bob (online). Type /exit to close it.',
    'alice → bob (carol 2, group:lake 2)>',
  ]);
  assert.deepEqual(terminal.client.commands.at(-1), { type: 'say', user: 'bob', text: 'hello' });
});

test('messages are counted, ring and name their sender, except in their own conversation', async () => {
  const terminal = await opened();
  const { client, host } = terminal;
  client.emit(chat('bob', 'one'));
  await settled();
  assert.deepEqual(lastLines(terminal, 2), ['12:00  bob → you  one', 'alice (carol 2, group:lake 2, bob 1)>']);
  assert.equal(host.screen.bells, 1);
  await host.type('connect bob\r');
  client.emit(chat('bob', 'two'));
  client.emit(chat('carol', 'three'));
  await settled();
  assert.deepEqual(lastLines(terminal, 3), [
    '12:00        bob  two',
    '12:00 carol → you  three',
    'alice → bob (carol 3, group:lake 2)>',
  ]);
  assert.equal(host.screen.bells, 2);
});

test('states of messages are coalesced, and a state that passes at once is not shown', async () => {
  const terminal = await opened();
  const { client, host } = terminal;
  await host.type('say bob first\rsay carol second\r');
  client.emit({ event: 'state', id: 'm1', to: 'bob', state: 'delivered', at: NOON });
  host.clock.pass(500);
  assert.deepEqual(lastLines(terminal, 3).slice(0, 2), [
    '12:00 alice → bob  first  ✓ delivered',
    '12:00 alice → carol  second  … queued',
  ]);
  for (const id of ['x1', 'x2', 'x3']) client.emit({ event: 'state', id, to: 'bob', state: 'read', at: NOON });
  host.clock.pass(500);
  assert.equal(lastLines(terminal, 2)[0], '12:00 ✓✓ 3 read by bob');
});

test('repeated failures to reach the name server are shown once', async () => {
  const { client, host } = await opened();
  for (let k = 0; k < 3; k += 1) client.emit({ event: 'connection', state: 'retrying', reason: 'no answer', at: NOON });
  await settled();
  const told = host.screen.shown().filter((line) => line.includes('Not connected to the name server (no answer)'));
  assert.equal(told.length, 1);
});

test('[CTRL-8] Ctrl+D closes the conversation, then ends the client', async () => {
  const { client, host, over } = await opened();
  await host.type('connect bob\r');
  await host.type(CTRL_D);
  assert.deepEqual(client.commands.at(-1), { type: 'leave' });
  assert.equal(host.screen.shown().at(-1), 'alice (carol 2, group:lake 2)>');
  await host.type(CTRL_D);
  assert.equal(await over, 0);
});

test('[CTRL-8] Ctrl+C on an empty line closes the conversation, then ends the client with 130', async () => {
  const { client, host, over } = await opened();
  await host.type('connect bob\r');
  await host.type(CTRL_C);
  assert.deepEqual(client.commands.at(-1), { type: 'leave' });
  await host.type(CTRL_C);
  assert.equal(await over, 130);
});

test('[CTRL-24] Ctrl+C ends a wait before it ends anything else', async () => {
  const { client, host } = await opened();
  await host.type('wait chat 60\r');
  await host.type(CTRL_C);
  assert.match(host.screen.shown().at(-2) ?? '', /^! The wait was stopped before this arrived: chat, 60 s/);
  assert.notDeepEqual(client.commands.at(-1), { type: 'exit' });
});

test('[CTRL-16] exit waits for messages and says so; Ctrl+C exits at once', async () => {
  const { client, host, over } = await opened();
  client.answers.set('exit', new Promise(() => undefined));
  await host.type('exit\r');
  host.clock.pass(500);
  assert.match(host.screen.shown().join('\n'), /Waiting up to 10 s/);
  await host.type(CTRL_C);
  assert.equal(await over, 130);
});

test('[CTRL-16] a closed window is an exit, and queued messages are named', async () => {
  const { client, host, over } = await opened();
  client.answers.set('exit', { ok: true, data: { waiting: [WAITING] } });
  await host.type('connect bob\r');
  host.input.end();
  assert.equal(await over, 0);
  assert.deepEqual(
    client.commands.slice(-2).map((command) => command.type),
    ['leave', 'exit'],
  );
  assert.match(host.screen.shown().join('\n'), /1 message queued; sent when you start again/);
});

test('[CTRL-19] a plain terminal gets whole lines and never an escape sequence or a bell', async () => {
  const { client, host, over } = await opened({ plain: true, hasColours: true });
  await host.type('connect bob\nhello\n/lst\n');
  client.emit(chat('carol', 'one'));
  client.emit({ event: 'state', id: 'm1', to: 'bob', state: 'delivered', at: NOON });
  host.clock.pass(500);
  await host.type('exit\nexit\n');
  assert.equal(await over, 0);
  assert.doesNotMatch(host.screen.raw, /[\u0000-\u0009\u000b-\u001f]/);
  assert.ok(host.screen.raw.endsWith('\n'));
  const shown = host.screen.shown();
  for (const line of ['12:00 ✓ delivered', '! There is no command /lst. Did you mean: /list']) {
    assert.ok(shown.includes(line), line);
  }
});

test('[CTRL-17] hostile names and texts do not change the rest of the screen', async () => {
  const { client, host } = await opened({ hasColours: true });
  const before = host.screen.shown().slice(0, -1);
  client.emit(chat('bob', '\u001b[2J\u001b[1;1Hgone\r\u009b2J'));
  await settled();
  assert.deepEqual(host.screen.shown().slice(0, before.length), before);
  const [first = '', second = ''] = host.screen.shown().slice(-3);
  assert.match(first, /\ufffd\[2J\ufffd\[1;1Hgone$/);
  assert.match(second, /^ {10,}\ufffd2J$/);
});

test('[CTRL-19] a dumb terminal is a plain one', async () => {
  const [client, host] = [new FakeClient(), terminalHost({ hasCursor: false })];
  void runCli({ api: client, ready: READY }, { json: false, plain: false, lines: [] }, host);
  await settled();
  assert.ok(host.screen.raw.startsWith('Kith 1.0.0.'));
  assert.doesNotMatch(host.screen.raw, /\u001b/);
});

test('[CTRL-22] a new passphrase is asked for twice, and neither shown nor remembered', async () => {
  const terminal = await opened();
  await terminal.host.type('backup a.backup\r');
  assert.equal(lastLines(terminal, 1)[0], 'Passphrase for the backup:');
  await terminal.host.type('correct hoarse\x7f\x7f\x7f\x7frse\r');
  terminal.client.emit(chat('bob', 'still there?'));
  assert.deepEqual(lastLines(terminal, 2), ['12:00  bob → you  still there?', 'Repeat the passphrase:']);
  await terminal.host.type('correct horse\r');
  assert.deepEqual(terminal.client.commands.at(-1), { type: 'backup', file: 'a.backup', passphrase: 'correct horse' });
  assert.match(lastLines(terminal, 3)[0] ?? '', /^Saved your keys, 3 messages and 1 friend to a.backup/);
  await terminal.host.type('\x1b[A');
  assert.match(lastLines(terminal, 1)[0] ?? '', /> backup a.backup$/);
  assert.doesNotMatch(terminal.host.screen.shown().join('\n'), /horse|hoarse/);
});

test('[CTRL-22] Ctrl+C refuses the passphrase, and typed text is shown again', async () => {
  for (const plain of [false, true]) {
    const terminal = await opened({ plain });
    await terminal.host.type('restore a.backup --check\r\n'.slice(0, plain ? undefined : -1));
    await terminal.host.type(`secret${CTRL_C}`);
    await terminal.host.type(plain ? 'who\n' : 'who\r');
    assert.equal(terminal.client.commands.at(-1)?.type, 'who');
    assert.match(terminal.host.screen.take(), /! A passphrase is needed/);
  }
});

test('[CTRL-22] a plain terminal shows no passphrase, and erased letters are removed', async () => {
  const terminal = await opened({ plain: true });
  await terminal.host.type('restore a.backup --check\n');
  assert.deepEqual(terminal.host.input.isRaw, true);
  await terminal.host.type('corretc\x7f\x7fct');
  await terminal.host.type(' horse\r');
  const heard = { type: 'restore', file: 'a.backup', check: true, passphrase: 'correct horse' };
  assert.doesNotMatch(terminal.host.screen.shown().join('\n'), /horse|corre/);
  assert.deepEqual(terminal.client.commands.at(-1), heard);
});

test('[CTRL-23] after a restore the terminal ends, from a conversation too', async () => {
  const { client, host, over } = await opened();
  await host.type('connect bob\r');
  await host.type('/restore a.backup\r');
  await host.type('yes\r');
  await host.type('correct horse\r');
  assert.equal(await over, 0);
  assert.deepEqual(
    client.commands.slice(-3).map((command) => command.type),
    ['restore', 'leave', 'exit'],
  );
});

test('[CTRL-23] after a check the client keeps running', async () => {
  const { client, host } = await opened();
  await host.type('restore a.backup --check\r');
  await host.type('correct horse\rwho\r');
  assert.equal(client.commands.at(-1)?.type, 'who');
});

test('[CTRL-24] exit ends every wait at once', async () => {
  const { host, over } = await opened();
  await host.type('wait chat 60\rexit\r');
  assert.equal(await over, 0);
  assert.equal(host.clock.pending, 0);
  assert.match(host.screen.shown().join('\n'), /! The wait was stopped/);
});

test('[CTRL-18] a plain terminal repeats the half-typed line below new output', async () => {
  const { client, host } = await opened({ plain: true });
  await host.type('connect bob\n');
  host.screen.take();
  await host.type('half a lx\x7f\x1b[D');
  client.emit(chat('bob', 'hi'));
  await settled();
  assert.deepEqual(host.screen.shown().slice(-3), ['half a l', '12:00        bob  hi', 'half a l']);
  await host.type('ine\r');
  assert.deepEqual(client.commands.at(-1), { type: 'say', user: 'bob', text: 'half a line' });
  client.emit(chat('bob', 'ho'));
  await settled();
  assert.deepEqual(host.screen.shown().slice(-2), ['half a line', '12:00        bob  ho']);
});

test('Ctrl+Z leaves raw mode, and the half-typed line is shown again afterwards', async () => {
  for (const plain of [false, true]) {
    const { host } = await opened({ plain });
    await host.type('half a line\x1a');
    assert.equal(host.input.isRaw, false);
    host.output.write('\n$ fg\n');
    host.goOn();
    await settled();
    assert.equal(host.input.isRaw, true);
    assert.match(host.screen.shown().at(-1) ?? '', /half a line$/);
    assert.equal(host.screen.shown().at(-2), '$ fg');
  }
});
