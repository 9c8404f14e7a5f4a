// Tests the program: its first output line, its shutdown, its exit codes.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { SessionClient, temporaryDirectory } from './test-server.js';

const MAIN = fileURLToPath(new URL('../../nameserver/main.js', import.meta.url));

/** Runs the program to its end. */
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

test('it prints its address, and stops cleanly while a session is open', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, line, port } = await start(t);
    assert.match(line, /^Name server listening on 127\.0\.0\.1:\d+$/);
    await SessionClient.at(port).greet();
    child.kill('SIGHUP');
    await once(child.stderr, 'data'); // it says that it goes on
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  }
});

test('orders about peers reach the server that runs, and their refusals end with 3', async (t) => {
  const data = temporaryDirectory(t);
  const missing = await run('peers', '--data', data);
  assert.deepEqual([missing.code, missing.out], [1, '']);
  assert.match(missing.err, /^No name server is running for /);
  const child = spawn(process.execPath, [MAIN, 'start', '--host', '127.0.0.1', '--port', '0', '--data', data]);
  t.after(() => child.kill('SIGKILL'));
  await once(createInterface(child.stdout), 'line');
  const connected = await run('connect', '127.0.0.1', '9', '--data', data);
  assert.deepEqual([connected.code, connected.out.split('.')[0]], [0, 'Connecting to 127']);
  const listed = await run('peers', '--data', data);
  assert.match(
    listed.out,
    /^This server: [\w-]{43}; it only dials other servers\. Its fingerprint: [a-z-]+\n127\.0\.0\.1:9 {2}(dialling|waiting) /,
  );
  const unlinked = await run('disconnect', '127.0.0.1:9', '--data', data);
  assert.deepEqual([unlinked.code, unlinked.out], [0, 'Disconnected from 127.0.0.1:9. Its key is forgotten.\n']);
  const refused = await run('disconnect', '127.0.0.1:9', '--data', data);
  assert.deepEqual([refused.code, refused.out], [3, '']);
  const wrong = await run('connect', 'kith.example', '0', '--data', data);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /connect <host> <port>/);
});

test('help contains an example', async () => {
  for (const words of [['--help'], ['start', '--help']]) {
    const { code, out } = await run(...words);
    assert.equal(code, 0);
    assert.match(out, /Example:\n {2}nameserver start --port/);
  }
});

test('wrong usage exits with 1 and an explanation', async () => {
  for (const words of [['start', '--port', 'many'], ['start', '--nonsense'], ['dance']]) {
    const { code, err } = await run(...words);
    assert.equal(code, 1);
    assert.match(err, /--port must be|unknown option|unknown command/);
    assert.doesNotMatch(err, /\n\s+at /);
  }
});

test('a used port exits with 2, an unusable directory with 1, each with one line', async (t) => {
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
