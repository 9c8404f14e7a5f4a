// The room client without a process: addresses in every spelling, and trouble that is told and changes the exit code.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { utf8 } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { RoomSession } from '../../rooms/chatclient/room-session.js';
import { runChatClient, type ChatTerminal } from '../../rooms/chatclient/run.js';
import { readChatServerConfig } from '../../rooms/chatserver/config.js';
import { runChatServer } from '../../rooms/chatserver/run.js';
import { freePorts } from '../e2e/rooms/cluster.js';
import { temporaryDirectory } from '../runtime/disk/temporary.js';

/** A server that listens at this host; its port. */
async function serverAt(context: TestContext, host: string): Promise<number> {
  const folder = temporaryDirectory(context);
  const [port = 0] = await freePorts(1);
  writeFileSync(join(folder, 'servers.conf'), `${host}:${port}\n`);
  const outcome = readChatServerConfig([join(folder, 'servers.conf'), '1'], { data: join(folder, 'data') }, {});
  assert.ok('config' in outcome);
  const server = await runChatServer(outcome.config, { print: () => undefined, onFault: (error) => void error });
  context.after(() => server.stop());
  return port;
}

interface Session {
  readonly input: PassThrough;
  readonly terminal: ChatTerminal;
  readonly errors: string[];
  /** Waits for a line of the output. */
  readonly shown: (line: string) => Promise<void>;
}

function session(): Session {
  const input = new PassThrough();
  const output = new PassThrough();
  const errors: string[] = [];
  const seen: string[] = [];
  output.on('data', (chunk: Buffer) => void seen.push(...chunk.toString().split('\n').filter(Boolean)));
  const shown = async (line: string): Promise<void> => {
    while (!seen.includes(line)) await once(output, 'data', { signal: AbortSignal.timeout(10_000) });
  };
  const stdout = output as unknown as ChatTerminal['stdout'];
  const stderr = { write: (line: string) => errors.push(line) > 0 };
  return { input, errors, shown, terminal: { stdin: input, stdout, stderr, once: () => undefined } };
}

for (const [typed, bound] of [
  ['0:0:0:0:0:0:0:1', '[::1]'],
  ['::', '[::1]'],
  ['0.0.0.0', '127.0.0.1'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
] as const) {
  test(`an address counts, not its spelling: ${typed} is a server at ${bound}`, async (context) => {
    const port = await serverAt(context, bound);
    const { input, terminal, errors, shown } = session();
    const ended = runChatClient({ host: typed, port }, terminal);
    input.write('/join 1\n');
    await shown('+OK You are now in chat room #1');
    input.write('/quit\n');
    assert.equal(await ended, 0);
    assert.deepEqual(errors, []);
  });
}

test('trouble is told in one line and in the exit code: nothing listens there', async () => {
  const [port = 0] = await freePorts(1);
  const { input, terminal, errors } = session();
  input.write('/join 1\nhello\nare you there?\n');
  assert.equal(await runChatClient({ host: '127.0.0.1', port }, terminal), 2);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /^127\.0\.0\.1:\d+: nothing listens there\. Check the address/);
});

test('trouble is told in one line and in the exit code: a line that is too long', async (context) => {
  const port = await serverAt(context, '127.0.0.1');
  const { input, terminal, errors, shown } = session();
  const ended = runChatClient({ host: '127.0.0.1', port }, terminal);
  input.write(`${'x'.repeat(70_000)}\n/join 2\n`);
  await shown('+OK You are now in chat room #2');
  input.write('/quit\n');
  assert.equal(await ended, 3);
  assert.deepEqual(errors, ['Not sent: A line has at most 1000 bytes. Send it in parts.\n']);
});

test('trouble is told in one line and in the exit code: no answer, until one comes after all', () => {
  const told: string[] = [];
  const sent: string[] = [];
  let isDead = false;
  const quiet = new RoomSession({
    server: 'chat.example:5001',
    send: (bytes) => void sent.push(Buffer.from(bytes).toString()),
    show: () => undefined,
    tell: (line) => void told.push(line),
    onDead: () => (isDead = true),
  });
  quiet.ask();
  quiet.ask();
  quiet.missed();
  assert.deepEqual([told.length, isDead, quiet.exitCode], [1, true, 2]);
  quiet.receive(utf8('+OK Send: /confirm abc'));
  quiet.ask();
  assert.deepEqual(sent, ['/confirm', '/confirm', '/confirm abc']);
  assert.equal(quiet.exitCode, 0);
  isDead = false;
  quiet.failed('chat.example:5001: the network is down');
  quiet.failed('chat.example:5001: the network is down');
  assert.deepEqual([told.length, isDead, quiet.exitCode], [2, false, 2], 'a server that has answered may return');
});

test('output that is not read is bounded and ends the room client with one line', async (context) => {
  const port = await serverAt(context, '127.0.0.1');
  const { input, terminal, errors } = session();
  const { isTTY, columns } = terminal.stdout;
  const stdout = { write: () => false, isTTY, columns, writableLength: LIMITS.outputWaitingBytes + 1 };
  const ended = runChatClient({ host: '127.0.0.1', port }, { ...terminal, stdout });
  input.write('/join 1\n');
  assert.equal(await ended, 1);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /^The output is not read/);
});
