// The output of `--json`, line by line as in docs/contract.md.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../../../client/cli/run-cli.js';
import { jsonLine } from '../../../../client/cli/script/json-printer.js';
import { FakeClient, NOON, READY } from '../fakes/fake-client.js';
import { pipeHost, settled } from '../fakes/fake-host.js';

const JSON_FACE = { json: true, plain: false, lines: [] };

function started() {
  const [client, host] = [new FakeClient(), pipeHost()];
  const over = runCli({ api: client, ready: READY }, JSON_FACE, host);
  return { client, host, over };
}

/** What the client prints for one line of input, as objects. */
async function printed({ host }: ReturnType<typeof started>, line: string): Promise<unknown[]> {
  host.input.write(`${line}\n`);
  await settled();
  return taken(host.output.take());
}

function taken(text: string): unknown[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));
}

test('[CTRL-14] the lines of a short session are exactly these', async () => {
  const cli = started();
  await settled();
  cli.client.emit({ event: 'chat', from: 'bob', text: 'hi', id: 'm9', at: NOON });
  cli.host.input.end('# a comment\n\nlookup nobody\nsay bob  hi there\nwait chat from=bob\nlst\n');
  assert.equal(await cli.over, 3);
  const at = `"at":"${NOON}"`;
  assert.deepEqual(cli.host.output.take().split('\n'), [
    '{"type":"ready","user":"alice","tcp":40001,"udp":40001,"version":"1.0.0"}',
    `{"type":"event","event":"chat","from":"bob","text":"hi","id":"m9",${at}}`,
    '{"type":"result","command":"lookup nobody","ok":false,"error":{"code":"USER_UNKNOWN","message":"There is no user called nobody. Check the spelling."}}',
    '{"type":"result","command":"say bob  hi there","ok":true,"data":{"id":"m1","state":"queued"}}',
    `{"type":"result","command":"wait chat from=bob","ok":true,"data":{"event":"chat","from":"bob","text":"hi","id":"m9",${at}}}`,
    '{"type":"result","command":"lst","ok":false,"error":{"code":"COMMAND_UNKNOWN","message":"There is no command lst. Did you mean: list"}}',
    '',
  ]);
  assert.equal(cli.host.errors.take(), '');
});

test('[CTRL-14] exactly one result for each line, in order, however slow the first', async () => {
  const cli = started();
  await settled();
  cli.host.output.take();
  let answer: (data: object) => void = () => undefined;
  cli.client.answers.set('who', new Promise((resolve) => (answer = () => resolve({ ok: true, data: { users: [] } }))));
  assert.deepEqual(await printed(cli, 'who'), []);
  assert.deepEqual(await printed(cli, 'update'), []);
  answer({});
  await settled();
  const commands = taken(cli.host.output.take()).map((line) => (line as { command: string }).command);
  assert.deepEqual(commands, ['who', 'update']);
});

test('[CTRL-6] in a conversation each sent line has its own result', async () => {
  const cli = started();
  await settled();
  cli.host.output.take();
  await printed(cli, 'connect bob');
  assert.deepEqual(await printed(cli, 'hello there'), [
    { type: 'result', command: 'hello there', ok: true, data: { id: 'm1', state: 'queued' } },
  ]);
  assert.deepEqual(await printed(cli, '/lst'), [
    {
      type: 'result',
      command: '/lst',
      ok: false,
      error: { code: 'COMMAND_UNKNOWN', message: 'There is no command /lst. Did you mean: /list' },
    },
  ]);
  assert.deepEqual(await printed(cli, 'exit'), [{ type: 'result', command: 'exit', ok: true, data: {} }]);
  assert.deepEqual(await printed(cli, 'exit'), [{ type: 'result', command: 'exit', ok: true, data: { waiting: [] } }]);
  assert.equal(await cli.over, 3);
});

test('[CTRL-13] a wait without a matching event fails with TIMEOUT, and the next line runs', async () => {
  const cli = started();
  await settled();
  cli.host.output.take();
  assert.deepEqual(await printed(cli, 'wait chat 2 from=bob'), []);
  cli.host.clock.pass(1_999);
  await settled();
  assert.equal(cli.host.output.take(), '');
  cli.host.clock.pass(1);
  await settled();
  const [result] = taken(cli.host.output.take());
  assert.deepEqual(result, {
    type: 'result',
    command: 'wait chat 2 from=bob',
    ok: false,
    error: { code: 'TIMEOUT', message: 'This did not arrive in time: chat from=bob, 2 s.' },
  });
});

test('[CTRL-17] JSON keeps text of other people and escapes its control characters', () => {
  const text = 'a\u001b[2J\u009b31m\u202e\u007f\u2028é😀';
  const line = jsonLine({ text });
  assert.deepEqual(JSON.parse(line), { text });
  assert.equal(line, '{"text":"a\\u001b[2J\\u009b31m\\u202e\\u007f\\u2028é😀"}');
});
