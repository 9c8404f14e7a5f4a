// Ctrl+C, `exit` and signals at a terminal: what is stopped, what is asked, and how the terminal is left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../../../protocols/control/answer.js';
import { NOON } from '../fakes/fake-client.js';
import { settled } from '../fakes/fake-host.js';
import { openTerminal } from '../fakes/open-terminal.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const POST = 'q3JYw0kEo1q5hZ2xT9uV7g';
const NEVER = new Promise<Answer>(() => undefined);

function progress({ client }: Awaited<ReturnType<typeof openTerminal>>): void {
  client.emit({ event: 'progress', post: POST, received: 50, size: 100, at: NOON });
}

test('[CTRL-39] Ctrl+C cancels transfers, typed or shown, and the program goes on', async () => {
  const begin = {
    'a download that was typed': async (terminal: Awaited<ReturnType<typeof openTerminal>>) => {
      terminal.client.answers.set('post_get', NEVER);
      await terminal.host.type(`post get bob ${POST}\r`);
    },
    'a transfer that is shown': progress,
  };
  for (const [what, start] of Object.entries(begin)) {
    const terminal = await openTerminal();
    await start(terminal);
    await terminal.host.type(CTRL_C);
    assert.deepEqual(terminal.client.commands.at(-1), { type: 'cancel', id: POST }, what);
    assert.match(terminal.last(2)[0] ?? '', /^Cancelled 1 transfer/);
  }
});

test('[CTRL-39] Ctrl+C no longer waits for a running command, and a second one leaves', async () => {
  const { client, host, last } = await openTerminal();
  client.answers.set('message', NEVER);
  await host.type('message bob are you there?\r');
  await host.type(CTRL_C);
  assert.match(last(2)[0] ?? '', /^Not waiting any more for: message bob are you there\?/);
  assert.notEqual(client.commands.at(-1)?.type, 'exit');
  await host.type(CTRL_C);
  assert.equal(client.commands.at(-1)?.type, 'exit');
});

test('[CTRL-40] an upload without progress is asked about, also after Ctrl+C', async () => {
  const { client, host, last } = await openTerminal();
  client.answers.set('post_upload', NEVER);
  await host.type('post upload package.json\r');
  for (const keys of [CTRL_C, 'exit\r']) {
    await host.type(keys);
    assert.equal(last(1)[0], 'Type yes to leave:');
    await host.type('no\r');
    assert.notEqual(client.commands.at(-1)?.type, 'exit');
  }
});

test('[CTRL-40] exit asks before it cuts off a transfer, however it is typed', async () => {
  for (const keys of ['exit\r', '/exit\r', 'quit\r', CTRL_D]) {
    const terminal = await openTerminal();
    progress(terminal);
    await terminal.host.type(keys);
    assert.equal(terminal.last(1)[0], 'Type yes to leave:');
    await terminal.host.type('no\r');
    assert.notEqual(terminal.client.commands.at(-1)?.type, 'exit');
    await terminal.host.type(keys);
    await terminal.host.type('yes\r');
    assert.equal(terminal.client.commands.at(-1)?.type, 'exit');
  }
});

test('[CTRL-40] a closed window asks nothing', async () => {
  const terminal = await openTerminal();
  progress(terminal);
  terminal.host.input.end();
  await settled();
  assert.equal(terminal.client.commands.at(-1)?.type, 'exit');
});

test('[CTRL-40] /exit for a conversation that has just closed by itself does not end the program', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  client.emit({ event: 'friend_removed', user: 'bob', at: NOON });
  await host.type('/exit\r');
  assert.equal(last(2)[0], 'The conversation was closed already. To leave Kith, type: exit');
  assert.notEqual(client.commands.at(-1)?.type, 'exit');
  await host.type('/exit\r');
  assert.equal(client.commands.at(-1)?.type, 'exit');
});

test('[CTRL-41] a process that ends by a signal leaves line mode and no bracketed paste behind', async () => {
  const { host } = await openTerminal();
  assert.equal(host.input.isRaw, true);
  host.end();
  assert.equal(host.input.isRaw, false);
  assert.ok(host.screen.raw.lastIndexOf('\x1b[?2004l') > host.screen.raw.lastIndexOf('\x1b[?2004h'));
});
