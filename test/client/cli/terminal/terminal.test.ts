// The terminal as somebody sees it: greeting, conversations, counts, bells, states, and how it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../../../client/cli/run-cli.js';
import type { ClientEvent } from '../../../../protocols/control/event.js';
import { FakeClient, NOON, READY, WAITING } from '../fakes/fake-client.js';
import { settled, terminalHost } from '../fakes/fake-host.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';

async function opened({ plain = false, hasColours = false } = {}) {
  const [engine, host] = [new FakeClient(), terminalHost({ columns: 100, hasColours })];
  const over = runCli({ api: engine, ready: READY }, { json: false, plain, lines: [] }, host);
  await settled();
  return { engine, host, over };
}

function chat(from: string, text: string): ClientEvent {
  return { event: 'chat', from, text, id: `id of ${text}`, at: NOON };
}

function lastLines({ host }: Awaited<ReturnType<typeof opened>>, count: number): string[] {
  return host.screen.shown().slice(-count);
}

test('a terminal greets, goes online by itself and shows what waits', async () => {
  const { engine, host } = await opened();
  assert.deepEqual(
    engine.commands.map((command) => command.type),
    ['list', 'requests', 'online'],
  );
  assert.deepEqual(host.screen.shown(), [
    'Kith 1.0.0. You are alice; friends reach you at port 40001.',
    'Type help for all commands, connect <user> to open a conversation, exit to leave.',
    '2 unread from carol. Type: connect carol',
    'dave wants to be friends: from the lake  (accept dave or reject dave)',
    'alice (carol 2)>',
  ]);
});

test('connect shows the last lines, then lines are talk', async () => {
  const terminal = await opened();
  await terminal.host.type('connect bob\rhello\r');
  assert.deepEqual(lastLines(terminal, 9), [
    'alice (carol 2)> connect bob',
    'alice (carol 2)> hello',
    '── Thursday 19 November 2026 ──',
    '22:10        bob  are you there?',
    '── Friday 20 November 2026 ──',
    '07:05      alice  now I am  ✓✓ read',
    '07:06 alice (quick)  look  ? not confirmed',
    'Conversation with bob (online). Type /exit to close it.',
    'alice → bob (carol 2)>',
  ]);
  assert.deepEqual(terminal.engine.commands.at(-1), { type: 'say', user: 'bob', text: 'hello' });
});

test('messages count, ring and name their sender, except in their own conversation', async () => {
  const terminal = await opened();
  const { engine, host } = terminal;
  engine.emit(chat('bob', 'one'));
  await settled();
  assert.deepEqual(lastLines(terminal, 2), ['12:00  bob → you  one', 'alice (carol 2, bob 1)>']);
  assert.equal(host.screen.bells, 1);
  await host.type('connect bob\r');
  engine.emit(chat('bob', 'two'));
  engine.emit(chat('carol', 'three'));
  await settled();
  assert.deepEqual(lastLines(terminal, 3), [
    '12:00        bob  two',
    '12:00 carol → you  three',
    'alice → bob (carol 3)>',
  ]);
  assert.equal(host.screen.bells, 2);
});

test('states of my messages are folded, and a state passed at once is not shown', async () => {
  const terminal = await opened();
  const { engine, host } = terminal;
  await host.type('say bob first\rsay carol second\r');
  engine.emit({ event: 'state', id: 'm1', to: 'bob', state: 'delivered', at: NOON });
  host.clock.pass(500);
  assert.deepEqual(lastLines(terminal, 3).slice(0, 2), [
    '      ✓ delivered to bob: first',
    '      … queued for carol: second',
  ]);
  for (const id of ['x1', 'x2', 'x3']) engine.emit({ event: 'state', id, to: 'bob', state: 'read', at: NOON });
  host.clock.pass(500);
  assert.equal(lastLines(terminal, 2)[0], '      ✓✓ 3 read by bob');
});

test('a name server that stays away is told once', async () => {
  const { engine, host } = await opened();
  for (let k = 0; k < 3; k += 1) engine.emit({ event: 'connection', state: 'retrying', reason: 'no answer', at: NOON });
  await settled();
  const told = host.screen.shown().filter((line) => line.includes('Not connected to the name server (no answer)'));
  assert.equal(told.length, 1);
});

test('[CTRL-8] Ctrl+D leaves the conversation, then the client', async () => {
  const { engine, host, over } = await opened();
  await host.type('connect bob\r');
  await host.type(CTRL_D);
  assert.deepEqual(engine.commands.at(-1), { type: 'leave' });
  assert.equal(host.screen.shown().at(-1), 'alice (carol 2)>');
  await host.type(CTRL_D);
  assert.equal(await over, 0);
});

test('[CTRL-8] Ctrl+C on an empty line leaves the conversation, then the client with 130', async () => {
  const { engine, host, over } = await opened();
  await host.type('connect bob\r');
  await host.type(CTRL_C);
  assert.deepEqual(engine.commands.at(-1), { type: 'leave' });
  await host.type(CTRL_C);
  assert.equal(await over, 130);
});

test('[CTRL-24] Ctrl+C ends a wait before it ends anything else', async () => {
  const { engine, host } = await opened();
  await host.type('wait chat 60\r');
  await host.type(CTRL_C);
  assert.match(host.screen.shown().at(-2) ?? '', /^! The wait was stopped before anything like that came: chat, 60 s/);
  assert.notDeepEqual(engine.commands.at(-1), { type: 'exit' });
});

test('[CTRL-16] leaving waits for messages, says so, and Ctrl+C leaves at once', async () => {
  const { engine, host, over } = await opened();
  engine.answers.set('exit', new Promise(() => undefined));
  await host.type('exit\r');
  host.clock.pass(500);
  assert.match(host.screen.shown().join('\n'), /Waiting up to 10 s/);
  await host.type(CTRL_C);
  assert.equal(await over, 130);
});

test('[CTRL-16] a closed window is an exit, and what remains is named', async () => {
  const { engine, host, over } = await opened();
  engine.answers.set('exit', { ok: true, data: { waiting: [WAITING] } });
  await host.type('connect bob\r');
  host.input.end();
  assert.equal(await over, 0);
  assert.deepEqual(
    engine.commands.slice(-2).map((command) => command.type),
    ['leave', 'exit'],
  );
  assert.match(host.screen.shown().join('\n'), /1 message queued; sent when you start again/);
});

test('[CTRL-19] a plain terminal gets whole lines and never an escape sequence or a bell', async () => {
  const { engine, host, over } = await opened({ plain: true, hasColours: true });
  await host.type('connect bob\nhello\n/lst\n');
  engine.emit(chat('carol', 'one'));
  engine.emit({ event: 'state', id: 'm1', to: 'bob', state: 'delivered', at: NOON });
  host.clock.pass(500);
  await host.type('exit\nexit\n');
  assert.equal(await over, 0);
  assert.doesNotMatch(host.screen.raw, /[\u0000-\u0009\u000b-\u001f]/);
  assert.ok(host.screen.raw.endsWith('\n'));
  const shown = host.screen.shown();
  for (const line of ['      ✓ delivered: hello', '! There is no command /lst. Did you mean: /list']) {
    assert.ok(shown.includes(line), line);
  }
});

test('[CTRL-17] hostile names and texts leave the screen as it was', async () => {
  const { engine, host } = await opened({ hasColours: true });
  const before = host.screen.shown().slice(0, -1);
  engine.emit(chat('bob', '\u001b[2J\u001b[1;1Hgone\r\u009b2J'));
  await settled();
  assert.deepEqual(host.screen.shown().slice(0, before.length), before);
  assert.match(host.screen.shown().at(-2) ?? '', /\ufffd\[2J\ufffd\[1;1Hgone \ufffd2J$/);
});

test('[CTRL-19] a dumb terminal is a plain one', async () => {
  const [engine, host] = [new FakeClient(), terminalHost({ hasCursor: false })];
  void runCli({ api: engine, ready: READY }, { json: false, plain: false, lines: [] }, host);
  await settled();
  assert.ok(host.screen.raw.startsWith('Kith 1.0.0.'));
  assert.doesNotMatch(host.screen.raw, /\u001b/);
});

test('[CTRL-22] a passphrase is asked for twice, and neither shown nor remembered', async () => {
  const terminal = await opened();
  await terminal.host.type('backup a.backup\r');
  assert.equal(lastLines(terminal, 1)[0], 'Passphrase for the backup:');
  await terminal.host.type('correct hoarse\x7f\x7f\x7f\x7frse\r');
  terminal.engine.emit(chat('bob', 'still there?'));
  assert.deepEqual(lastLines(terminal, 2), ['12:00  bob → you  still there?', 'Repeat the passphrase:']);
  await terminal.host.type('correct horse\r');
  assert.deepEqual(terminal.engine.commands.at(-1), { type: 'backup', file: 'a.backup', passphrase: 'correct horse' });
  assert.match(lastLines(terminal, 3)[0] ?? '', /^Saved your keys, 3 messages and 1 friend to a.backup/);
  await terminal.host.type('\x1b[A');
  assert.match(lastLines(terminal, 1)[0] ?? '', /> backup a.backup$/);
  assert.doesNotMatch(terminal.host.screen.shown().join('\n'), /horse|hoarse/);
});

test('[CTRL-22] Ctrl+C gives no passphrase, and the terminal is as before', async () => {
  for (const plain of [false, true]) {
    const terminal = await opened({ plain });
    await terminal.host.type('restore a.backup --check\r\n'.slice(0, plain ? undefined : -1));
    await terminal.host.type(`secret${CTRL_C}`);
    await terminal.host.type(plain ? 'who\n' : 'who\r');
    assert.equal(terminal.engine.commands.at(-1)?.type, 'who');
    assert.match(terminal.host.screen.take(), /! A passphrase is needed/);
  }
});

test('[CTRL-22] a plain terminal shows no passphrase either, and takes back what was erased', async () => {
  const terminal = await opened({ plain: true });
  await terminal.host.type('restore a.backup --check\n');
  assert.deepEqual(terminal.host.input.isRaw, true);
  await terminal.host.type('corretc\x7f\x7fct');
  await terminal.host.type(' horse\r');
  const heard = { type: 'restore', file: 'a.backup', check: true, passphrase: 'correct horse' };
  assert.doesNotMatch(terminal.host.screen.shown().join('\n'), /horse|corre/);
  assert.deepEqual(terminal.engine.commands.at(-1), heard);
});

test('[CTRL-23] after a restore the terminal ends, out of a conversation too', async () => {
  const { engine, host, over } = await opened();
  await host.type('connect bob\r');
  await host.type('/restore a.backup\r');
  await host.type('correct horse\r');
  assert.equal(await over, 0);
  assert.deepEqual(
    engine.commands.slice(-3).map((command) => command.type),
    ['restore', 'leave', 'exit'],
  );
});

test('[CTRL-23] after a check it goes on', async () => {
  const { engine, host } = await opened();
  await host.type('restore a.backup --check\r');
  await host.type('correct horse\rwho\r');
  assert.equal(engine.commands.at(-1)?.type, 'who');
});

test('[CTRL-24] leaving ends every wait at once', async () => {
  const { host, over } = await opened();
  await host.type('wait chat 60\rexit\r');
  assert.equal(await over, 0);
  assert.equal(host.clock.pending, 0);
  assert.match(host.screen.shown().join('\n'), /! The wait was stopped/);
});

test('[CTRL-18] a half-typed line of a plain terminal stands alone, and again below what arrives', async () => {
  const { engine, host } = await opened({ plain: true });
  await host.type('connect bob\n');
  host.screen.take();
  await host.type('half a lx\x7f\x1b[D');
  engine.emit(chat('bob', 'hi'));
  await settled();
  assert.deepEqual(host.screen.shown().slice(-3), ['half a l', '12:00        bob  hi', 'half a l']);
  await host.type('ine\r');
  assert.deepEqual(engine.commands.at(-1), { type: 'say', user: 'bob', text: 'half a line' });
  engine.emit(chat('bob', 'ho'));
  await settled();
  assert.deepEqual(host.screen.shown().slice(-2), ['half a line', '12:00        bob  ho']);
});

test('Ctrl+Z gives the terminal back, and the half-typed line is there again when it goes on', async () => {
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
