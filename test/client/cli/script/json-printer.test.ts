// The JSON face, line by line as docs/contract.md has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../../../client/cli/run-cli.js';
import { jsonLine } from '../../../../client/cli/script/json-printer.js';
import { FakeClient, NOON, READY } from '../fakes/fake-client.js';
import { pipeHost, settled } from '../fakes/fake-host.js';

const JSON_FACE = { json: true, plain: false, lines: [] };

function started() {
  const [engine, host] = [new FakeClient(), pipeHost()];
  const over = runCli({ api: engine, ready: READY }, JSON_FACE, host);
  return { engine, host, over };
}

/** What the face prints for one line of input, as objects. */
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

test('[CTRL-14] the golden lines of a short life', async () => {
  const face = started();
  await settled();
  face.engine.emit({ event: 'chat', from: 'bob', text: 'hi', id: 'm9', at: NOON });
  face.host.input.end('# a comment\n\nlookup nobody\nsay bob  hi there\nwait chat from=bob\nlst\n');
  assert.equal(await face.over, 3);
  const at = `"at":"${NOON}"`;
  assert.deepEqual(face.host.output.take().split('\n'), [
    '{"type":"ready","user":"alice","tcp":40001,"udp":40001,"version":"1.0.0"}',
    `{"type":"event","event":"chat","from":"bob","text":"hi","id":"m9",${at}}`,
    '{"type":"result","command":"lookup nobody","ok":false,"error":{"code":"USER_UNKNOWN","message":"There is no user called nobody."}}',
    '{"type":"result","command":"say bob  hi there","ok":true,"data":{"id":"m1","state":"queued"}}',
    `{"type":"result","command":"wait chat from=bob","ok":true,"data":{"event":"chat","from":"bob","text":"hi","id":"m9",${at}}}`,
    '{"type":"result","command":"lst","ok":false,"error":{"code":"COMMAND_UNKNOWN","message":"There is no command lst. Did you mean: list"}}',
    '',
  ]);
  assert.equal(face.host.errors.take(), '');
});

test('[CTRL-14] exactly one result for each line, in order, however slow the first', async () => {
  const face = started();
  await settled();
  face.host.output.take();
  let answer: (data: object) => void = () => undefined;
  face.engine.answers.set('who', new Promise((resolve) => (answer = () => resolve({ ok: true, data: { users: [] } }))));
  assert.deepEqual(await printed(face, 'who'), []);
  assert.deepEqual(await printed(face, 'update'), []);
  answer({});
  await settled();
  const commands = taken(face.host.output.take()).map((line) => (line as { command: string }).command);
  assert.deepEqual(commands, ['who', 'update']);
});

test('[CTRL-6] in a conversation each line sent has a result of its own', async () => {
  const face = started();
  await settled();
  face.host.output.take();
  await printed(face, 'connect bob');
  assert.deepEqual(await printed(face, 'hello there'), [
    { type: 'result', command: 'hello there', ok: true, data: { id: 'm1', state: 'queued' } },
  ]);
  assert.deepEqual(await printed(face, '/lst'), [
    {
      type: 'result',
      command: '/lst',
      ok: false,
      error: { code: 'COMMAND_UNKNOWN', message: 'There is no command /lst. Did you mean: /list' },
    },
  ]);
  assert.deepEqual(await printed(face, 'exit'), [{ type: 'result', command: 'exit', ok: true, data: {} }]);
  assert.deepEqual(await printed(face, 'exit'), [{ type: 'result', command: 'exit', ok: true, data: { waiting: [] } }]);
  assert.equal(await face.over, 3);
});

test('[CTRL-13] a wait that finds nothing fails with TIMEOUT, and the next line runs', async () => {
  const face = started();
  await settled();
  face.host.output.take();
  assert.deepEqual(await printed(face, 'wait chat 2 from=bob'), []);
  face.host.clock.pass(1_999);
  await settled();
  assert.equal(face.host.output.take(), '');
  face.host.clock.pass(1);
  await settled();
  const [result] = taken(face.host.output.take());
  assert.deepEqual(result, {
    type: 'result',
    command: 'wait chat 2 from=bob',
    ok: false,
    error: { code: 'TIMEOUT', message: 'Nothing like that came in time: chat from=bob, 2 s.' },
  });
});

test('[CTRL-17] JSON keeps what others wrote and escapes what a terminal would obey', () => {
  const text = 'a\u001b[2J\u009b31m\u202e\u007f\u2028é😀';
  const line = jsonLine({ text });
  assert.deepEqual(JSON.parse(line), { text });
  assert.equal(line, '{"text":"a\\u001b[2J\\u009b31m\\u202e\\u007f\\u2028é😀"}');
});
