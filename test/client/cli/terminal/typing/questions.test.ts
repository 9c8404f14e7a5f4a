// Questions at a terminal: before commands that cannot be undone, and before lines that look like commands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../../../../client/cli/run-cli.js';
import { Questions, type Question } from '../../../../../client/cli/terminal/typing/questions.js';
import { Refusal } from '../../../../../protocols/kit/refusals.js';
import { FakeClient, NOON, READY } from '../../fakes/fake-client.js';
import { pipeHost, settled } from '../../fakes/fake-host.js';
import { openTerminal } from '../../fakes/open-terminal.js';

const FOR_GOOD = [
  ['unregister', 'unregister'],
  ['remove bob', 'remove'],
  ['remove_member lake bob', 'remove_member'],
  ['leave_group lake', 'leave_group'],
  ['post remove q3JYw0kEo1q5hZ2xT9uV7g', 'post_remove'],
] as const;

test('[CTRL-29] a terminal asks before a command that cannot be undone', async () => {
  for (const [line, type] of FOR_GOOD) {
    const { client, host, last } = await openTerminal();
    await host.type(`${line}\r`);
    assert.equal(client.commands.length, 0, line);
    assert.deepEqual(last(1), ['Type yes to go on:'], line);
    await host.type('yes\r');
    assert.deepEqual(
      client.commands.map((command) => command.type),
      [type],
    );
  }
});

test('[CTRL-29] any other answer, and Ctrl+C, leaves everything as it is and says so', async () => {
  for (const answer of ['no\r', '\r', '\x03', 'remove bob\r']) {
    const { client, host, last } = await openTerminal();
    await host.type('remove bob\r');
    await host.type(answer);
    assert.deepEqual(client.commands, [], JSON.stringify(answer));
    assert.match(last(3).join(' '), /Nothing was done/, JSON.stringify(answer));
  }
});

test('[CTRL-29] with --yes no question is asked', async () => {
  const { client, host } = await openTerminal();
  for (const [line] of FOR_GOOD) await host.type(`${line} --yes\r`);
  assert.deepEqual(
    client.commands.map((command) => command.type),
    FOR_GOOD.map(([, type]) => type),
  );
});

test('[CTRL-29] a script is not asked', async () => {
  const [client, host] = [new FakeClient(), pipeHost()];
  await runCli(
    { api: client, ready: READY },
    { json: false, plain: false, lines: FOR_GOOD.map(([line]) => line) },
    host,
  );
  assert.deepEqual(
    client.commands.map((command) => command.type),
    [...FOR_GOOD.map(([, type]) => type), 'exit'],
  );
});

test('[CTRL-29] a line that was half typed when the question came returns after the answer', async () => {
  const { client, host, last } = await openTerminal();
  await host.type('remove bob\rhalf');
  assert.deepEqual(last(1), ['Type yes to go on:']);
  await host.type('no\r');
  assert.deepEqual([client.commands.length, last(1)], [0, ['alice (carol 2, group:lake 2)> half']]);
});

test('[CTRL-30] a hint in a conversation has the slash that its command needs there', async () => {
  const outside = await openTerminal();
  outside.client.answers.set('say', { ok: false, refusal: new Refusal('NOT_FRIENDS', 'dora') });
  await outside.host.type('say dora hello\r');
  assert.match(outside.last(2).join(' '), /Type: add dora/);
  const inside = await openTerminal({ conversation: true });
  inside.client.answers.set('say', { ok: false, refusal: new Refusal('NOT_FRIENDS', 'dora') });
  await inside.host.type('/say dora hello\r');
  assert.match(inside.last(2).join(' '), /Type: \/add dora/);
  inside.client.answers.set('say', { ok: false, refusal: new Refusal('POST_UNKNOWN', 'x') });
  await inside.host.type('/say dora hello\r');
  assert.match(inside.last(2).join(' '), /Type: \/feed or \/post list/);
});

test('[CTRL-30] a text of another person is not changed into a hint', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  const text = 'Type: add dora';
  client.answers.set('history', {
    ok: true,
    data: { messages: [{ id: 'm', at: NOON, from: 'bob', to: 'alice', kind: 'text', state: 'read', text }] },
  });
  await host.type('/history bob\r');
  assert.match(last(2).join(' '), /bob {2}Type: add dora/);
});

test('[CTRL-31] a command of a shown hint is sent as a message only after a yes', async () => {
  const { client, host, last } = await openTerminal({ conversation: true });
  await host.type('/verify bob\r');
  client.commands.length = 0;
  await host.type('verify bob --confirm 12345\r');
  assert.deepEqual(client.commands, []);
  assert.deepEqual(last(3), [
    'This line would be sent as a message. To run it as a command, type:',
    '        /verify bob --confirm 12345',
    'Type yes to send it:',
  ]);
  await host.type('yes\r');
  assert.deepEqual(client.commands, [{ type: 'say', user: 'bob', text: 'verify bob --confirm 12345' }]);
});

test('[CTRL-31] each of several commands in one hint is asked about', async () => {
  const { client, host } = await openTerminal({ conversation: true });
  client.answers.set('say', { ok: false, refusal: new Refusal('POST_UNKNOWN', 'x') });
  await host.type('/say dora hello\r');
  client.commands.length = 0;
  for (const line of ['feed', 'post list']) {
    await host.type(`${line}\r`);
    await host.type('no\r');
  }
  assert.equal(client.commands.length, 0);
});

test('[CTRL-31] a message to a channel that you are in goes to a friend only after a yes', async () => {
  const { client, host } = await openTerminal();
  await host.type('join #lab\r');
  await host.type('connect bob\r');
  client.commands.length = 0;
  await host.type('#lab the secret\r');
  assert.deepEqual(client.commands, []);
  await host.type('no\r');
  assert.deepEqual(client.commands, []);
});

test('[CTRL-31] ordinary messages are sent without a question', async () => {
  const { client, host } = await openTerminal({ conversation: true });
  const texts = ['verify that please', 'list', '#1 is best', 'add sugar and salt', 'remove bob'];
  for (const text of texts) await host.type(`${text}\r`);
  assert.deepEqual(
    client.commands.map((command) => command.type === 'say' && command.text),
    texts,
  );
});

test('questions are asked one after the other, and none once no person is left', async () => {
  const shown: (string | null)[] = [];
  const questions = new Questions((question: Question | null) => void shown.push(question?.prompt ?? null));
  const answers = ['a', 'b', 'c'].map((prompt) => questions.ask({ lines: [], prompt, hidesTyped: false }));
  await settled();
  assert.deepEqual(shown, ['a']);
  questions.answer('1');
  await settled();
  assert.deepEqual(shown, ['a', null, 'b']);
  questions.close();
  assert.deepEqual(await Promise.all(answers), ['1', null, null]);
});
