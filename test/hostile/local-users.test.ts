// Another user of the same machine, or a page in a browser there: reads data directories, looks for secrets in the list
// of processes, and asks for what only the operator may know.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../client/config.js';
import { runClient } from '../../client/run.js';
import { Person } from '../nameserver/person.js';
import { configOf, runServer, temporaryDirectory } from '../nameserver/test-server.js';

const PROGRAMS = {
  nameserver: fileURLToPath(new URL('../../nameserver/main.js', import.meta.url)),
  client: fileURLToPath(new URL('../../client/main.js', import.meta.url)),
};
const skip = process.platform === 'linux' ? false : 'modes and /proc are read as on Linux';

/** The files and the directory that others may enter, read or write. */
function openToOthers(directory: string): string[] {
  const paths = [directory, ...readdirSync(directory).map((name) => join(directory, name))];
  return paths.filter((path) => (statSync(path).mode & 0o077) !== 0);
}

/** Opens a directory and all files in it to every user, as earlier versions left them. */
function expose(directory: string): void {
  chmodSync(directory, 0o755);
  for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o644);
}

async function startClient(t: TestContext, data: string): Promise<() => Promise<void>> {
  const outcome = readConfig({ address: '127.0.0.1:9', user: 'alice', host: '127.0.0.1', data }, {});
  assert.ok('config' in outcome);
  const client = await runClient(outcome.config);
  t.after(() => client.stop());
  return () => client.stop();
}

async function startServer(t: TestContext, data: string): Promise<() => Promise<void>> {
  const server = await runServer(t, {}, data);
  return () => server.stop();
}

for (const [program, start] of [
  ['client', startClient],
  ['name server', startServer],
] as const) {
  test(`the data of a ${program} is closed to other users, also after an earlier version`, { skip }, async (t) => {
    const data = temporaryDirectory(t);
    chmodSync(data, 0o755);
    const before = process.umask(0);
    t.after(() => process.umask(before));
    const stop = await start(t, data);
    assert.ok(readdirSync(data).length > 2);
    assert.deepEqual(openToOthers(data), []);
    await stop();
    expose(data);
    await start(t, data);
    assert.deepEqual(openToOthers(data), []);
  });
}

for (const [name, path] of Object.entries(PROGRAMS)) {
  test(`the ${name} takes no invitation code from the command line`, async (t) => {
    const words = name === 'client' ? ['127.0.0.1:9', '--user', 'alice'] : ['start', '--port', '0'];
    const all = [path, ...words, '--data', temporaryDirectory(t), '--invite-code', 'sesame'];
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.notEqual(code, 0);
    assert.match(said, /--invite-code-file/);
    assert.doesNotMatch(said, /sesame/);
  });
}

test('a code from the environment is in force, and other users do not see it', { skip }, async (t) => {
  const { host, data } = configOf(temporaryDirectory(t));
  const words = [PROGRAMS.nameserver, 'start', '--host', host, '--port', '0', '--data', data];
  const env = { ...process.env, KITH_INVITE_CODE: 'sesame' };
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const port = /:(\d+)$/.exec(line)?.[1];
  const alice = new Person('alice');
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/users/alice`, {
    method: 'PUT',
    body: JSON.stringify(alice.record()),
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(status, 403);
  assert.doesNotMatch(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'), /sesame/);
  assert.equal(statSync(`/proc/${child.pid}/environ`).mode & 0o077, 0);
});

/** The status of a request under a name of the host. */
async function statusOf(port: number, path: string, host: string): Promise<number> {
  const [response] = (await once(get({ host: '127.0.0.1', port, path, headers: { host } }), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  return response.statusCode ?? 0;
}

test('metrics are not on the public port, and their own port answers no foreign name', async (t) => {
  const { port, metricsPort } = await runServer(t, { metricsPort: '0' });
  assert.ok(metricsPort !== null);
  assert.equal(await statusOf(port, '/metrics', 'localhost'), 404);
  assert.equal(await statusOf(metricsPort, '/metrics', `127.0.0.1:${metricsPort}`), 200);
  for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example'])
    assert.equal(await statusOf(metricsPort, '/metrics', host), 404, host);
});

test('no page binds the host or its subdomains to HTTPS unless the operator asked for it', async (t) => {
  const { app } = await runServer(t);
  for (const path of ['/', '/docs/', '/healthz', '/v1/users/alice']) {
    const { headers } = await app.inject(path);
    assert.equal(headers['strict-transport-security'], undefined, path);
  }
});
