// Crowds of connections from one network: each displaces only another one of its crowd.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Person } from '../../nameserver/person.js';
import { configOf, SessionClient, temporaryDirectory } from '../../nameserver/test-server.js';
import { rawSockets } from '../peers/raw-sockets.js';

const MAIN = fileURLToPath(new URL('../../../nameserver/main.js', import.meta.url));
/** Fewer are not enough to load the program. */
const FILES = 200;

/** The program with so few files that a crowd takes all of them. */
async function serverWithFiles(t: TestContext, files: number) {
  const { host, data } = configOf(temporaryDirectory(t));
  const words = ['start', '--host', host, '--port', '0', '--data', data, '--doors', 'ws,tcp', '--tcp-port', '0'];
  const limit = `ulimit -n ${files} && exec "$@"`;
  const child = spawn('sh', ['-c', limit, 'sh', process.execPath, MAIN, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ports: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    const port = /listening on .*:(\d+)$|Lines of channels at .*:(\d+)$/.exec(line);
    if (port) ports.push(Number(port[1] ?? port[2]));
    if (ports.length === 2) break;
  }
  const [port = 0, linePort = 0] = ports;
  return { child, port, linePort };
}

async function register(port: number, person: Person): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/users/${person.name}`, {
    method: 'PUT',
    body: JSON.stringify(person.record()),
    headers: { 'content-type': 'application/json' },
  });
  return status;
}

test('[LOAD-16] a crowd of silent connections lets others in, although files are few', async (t) => {
  const { child, port } = await serverWithFiles(t, FILES);
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  assert.equal(await register(port, alice), 201);
  const session = await SessionClient.of({ port }, alice, 1);
  await rawSockets(t, port, 2 * FILES);
  assert.equal(await register(port, bob), 201);
  const later = await SessionClient.of({ port }, bob, 1);
  for (const client of [session, later]) {
    client.send({ type: 'watch', names: ['alice'] });
    assert.equal((await client.next())?.type, 'presence');
  }
  assert.equal(child.exitCode, null);
});

test('[LOAD-18] without a free file the server and its sessions go on', async (t) => {
  const { child, port, linePort } = await serverWithFiles(t, FILES);
  const alice = new Person('alice');
  assert.equal(await register(port, alice), 201);
  const session = await SessionClient.of({ port }, alice, 1);
  const crowd = await rawSockets(t, linePort, 2 * FILES);
  session.send({ type: 'watch', names: ['alice'] });
  assert.equal((await session.next())?.type, 'presence');
  for (const socket of crowd) socket.destroy();
  const bob = new Person('bob');
  // The server notices the ends of the crowd one after the other.
  for (let tries = 0; tries < 50; tries += 1) {
    const status = await register(port, bob).catch(() => 0);
    if (status === 201) break;
    await once(session.socket, 'message', { signal: AbortSignal.timeout(500) }).catch(() => undefined);
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/v1/users/bob`)).status, 200);
  assert.equal(child.exitCode, null);
});
