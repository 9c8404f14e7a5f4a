// Pasted text at a terminal: nothing in it is a command, and it becomes one message only after a yes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BracketedPaste } from '../../../../../client/cli/terminal/typing/bracketed-paste.js';
import { LIMITS } from '../../../../../protocols/kit/limits.js';
import { NOON } from '../../fakes/fake-client.js';
import { settled } from '../../fakes/fake-host.js';
import { openTerminal } from '../../fakes/open-terminal.js';

const PASTED_COMMANDS = 'first\r/block bob\r\r\tindented\r/exit\r';

function pasted(text: string): string {
  return `\x1b[200~${text}\x1b[201~`;
}

test('[CTRL-28] a pasted text with commands in it becomes one message, after a yes', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  await host.type(pasted(PASTED_COMMANDS));
  assert.deepEqual(client.commands, []);
  assert.deepEqual(last(6), [
    '        first',
    '        /block bob',
    '',
    '         indented',
    '        /exit',
    'Type yes to send this text to bob as one message:',
  ]);
  await host.type('yes\r');
  assert.deepEqual(client.commands, [{ type: 'say', user: 'bob', text: 'first\n/block bob\n\n\tindented\n/exit' }]);
});

test('[CTRL-28] a pasted text that begins with a command is sent as it is', async () => {
  const { client, host } = await openTerminal({ conversation: true });
  await host.type(pasted('/exit\n/block bob'));
  await host.type('y\r');
  assert.deepEqual(client.commands, [{ type: 'say', user: 'bob', text: '/exit\n/block bob' }]);
});

test('[CTRL-28] without a yes, and after Ctrl+C, nothing of a pasted text is sent', async () => {
  for (const answer of ['no\r', '\r', '\x03', '/exit\r']) {
    const { client, host, last } = await openTerminal({ conversation: true });
    await host.type(pasted(PASTED_COMMANDS));
    await host.type(answer);
    assert.deepEqual(client.commands, [], JSON.stringify(answer));
    assert.deepEqual(last(1), ['alice → bob (carol 2, group:lake 2)>'], JSON.stringify(answer));
  }
});

test('[CTRL-28] what was typed around the cursor belongs to the message', async () => {
  const { client, host } = await openTerminal({ conversation: true });
  await host.type('look: !\x1b[D');
  await host.type(pasted('one\ntwo'));
  await host.type('yes\r');
  assert.deepEqual(client.commands, [{ type: 'say', user: 'bob', text: 'look: one\ntwo!' }]);
});

test('[CTRL-28] outside a conversation a pasted text runs nothing and keeps the half-typed line', async () => {
  const { client, host, last } = await openTerminal();
  await host.type('say b');
  await host.type(pasted(PASTED_COMMANDS));
  assert.deepEqual(client.commands, []);
  assert.deepEqual(last(2), [
    'A pasted text is never a command. To send it, open a conversation first: connect <user>',
    'alice (carol 2, group:lake 2)> say b',
  ]);
});

test('[CTRL-28] a pasted text of one line waits for Enter', async () => {
  const { client, host, last } = await openTerminal();
  await host.type(pasted('block bob\r'));
  assert.deepEqual(client.commands, []);
  assert.deepEqual(last(1), ['alice (carol 2, group:lake 2)> block bob']);
  await host.type('\r');
  assert.deepEqual(client.commands, [{ type: 'block', user: 'bob' }]);
});

test('[CTRL-28] a text above the bound is refused and not cut', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  await host.type(pasted(`${'x'.repeat(LIMITS.commandLineBytes)}\nend`));
  await host.type('yes\r');
  assert.deepEqual(client.commands, []);
  assert.match(last(2).join(' '), /at most 32 KiB/);
});

test('[CTRL-28] the terminal marks pasted text until the program ends or is suspended', async () => {
  const { host } = await openTerminal();
  assert.match(host.printed(), /\x1b\[\?2004h/);
  await host.type('\x1a');
  assert.match(host.printed(), /\x1b\[\?2004l/);
  host.goOn();
  assert.match(host.printed(), /\x1b\[\?2004h/);
  await host.type('exit\r');
  assert.match(host.printed(), /\x1b\[\?2004l/);
});

test('a paste keeps tabs, drops control characters and holds a bounded text', () => {
  const paste = new BracketedPaste();
  paste.press(undefined, { name: 'paste-start' });
  for (const letter of ['a', '\t', '\x07', '\x03', '\r', '\n', 'b']) paste.press(letter, { name: 'x' });
  assert.deepEqual(paste.press(undefined, { name: 'paste-end' }), { type: 'pasted', text: 'a\t\nb' });
  paste.press(undefined, { name: 'paste-start' });
  for (let k = 0; k < LIMITS.commandLineBytes + 100; k += 1) paste.press('x', { name: 'x' });
  const end = paste.press(undefined, { name: 'paste-end' });
  assert.equal(end.type === 'pasted' && end.text.length, LIMITS.commandLineBytes + 1);
});

test('[CTRL-32] the lines of a message stand below each other, and a flood of them is counted', async () => {
  const { client, last } = await openTerminal({ conversation: true });
  const flood = Array.from({ length: LIMITS.messageRowsMax + 40 }, (_, k) => `line ${k}`).join('\n');
  client.emit({ event: 'chat', from: 'bob', id: 'm2', at: NOON, text: `one\n\n\n\ntwo\n12:00      carol  forged` });
  await settled();
  assert.deepEqual(last(5), [
    '12:00        bob  one',
    '',
    '                  two',
    '                  12:00      carol  forged',
    'alice → bob (carol 2, group:lake 2)>',
  ]);
  client.emit({ event: 'chat', from: 'bob', id: 'm3', at: NOON, text: flood });
  await settled();
  assert.deepEqual(last(3), [
    `                  line ${LIMITS.messageRowsMax - 1}`,
    '                  … (40 more lines)',
    'alice → bob (carol 2, group:lake 2)>',
  ]);
});
