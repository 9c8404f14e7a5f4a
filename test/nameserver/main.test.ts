// The program as others start it: its first line, its end, its exit codes.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { temporaryDirectory } from './test-server.js';

const MAIN = fileURLToPath(new URL('../../nameserver/main.js', import.meta.url));

/** Runs to its end; gives code, stdout, stderr. */
function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...words], (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

async function start(t: TestContext) {
  const child = spawn(process.execPath, [
    MAIN,
    'start',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--data',
    temporaryDirectory(t),
  ]);
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, line, port: Number(line.split(':').at(-1)) };
}

test('it says where it listens, and stops cleanly with a session open', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const { child, line, port } = await start(t);
    assert.match(line, /^Name server listening on 127\.0\.0\.1:\d+$/);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/session`);
    await once(socket, 'message');
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  }
});

test('help shows an example', async () => {
  for (const words of [['--help'], ['start', '--help']]) {
    const { code, out } = await run(...words);
    assert.equal(code, 0);
    assert.match(out, /Example:\n {2}nameserver start --port/);
  }
});

test('wrong usage ends with 1 and says what is wrong', async () => {
  for (const words of [['start', '--port', 'many'], ['start', '--nonsense'], ['dance']]) {
    const { code, err } = await run(...words);
    assert.equal(code, 1);
    assert.match(err, /--port must be|unknown option|unknown command/);
    assert.doesNotMatch(err, /\n\s+at /);
  }
});

test('a port that is taken ends with 2, an unusable directory with 1, each in one line', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const where = ['--host', '127.0.0.1', '--port', String(port)];
  const taken = await run('start', ...where, '--data', temporaryDirectory(t));
  assert.deepEqual([taken.code, taken.out], [2, '']);
  assert.match(taken.err, /^127\.0\.0\.1:\d+: the port is in use\. .+\n$/);
  const unusable = await run('start', ...where, '--data', '/dev/null/data');
  assert.equal(unusable.code, 1);
  assert.match(unusable.err, /^[^\n]+\n$/);
});
