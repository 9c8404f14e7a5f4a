// Starting a real name server: two at once have one between them, and what prevents it is said in one line.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ensureNameServer, probe, type EnsuredNameServer } from '../../start/name-server-process.js';

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'kith-rivals-'));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** True iff it was there to be ended. */
function end(started: EnsuredNameServer): boolean {
  try {
    return started.type === 'started' && process.kill(started.process, 'SIGKILL');
  } catch {
    return false; // the loser of the race has ended by itself
  }
}

test('two that start at once both find a name server, and exactly one process is it', async (t) => {
  const address = { host: '127.0.0.1', port: await freePort(), data: join(temporary(t), 'nameserver') };
  const both = await Promise.all([ensureNameServer(address), ensureNameServer(address)]);
  t.after(() => both.map(end));
  assert.deepEqual(
    both.map(({ type }) => type),
    ['started', 'started'],
  );
  assert.equal(await probe(address), 'kith');
  assert.deepEqual(await ensureNameServer(address), { type: 'found' });
  assert.deepEqual(both.map(end).filter(Boolean), [true]);
});

test('a directory that cannot be is said in one line, before anything was started', async (t) => {
  const directory = temporary(t);
  writeFileSync(join(directory, 'file'), '');
  const address = { host: '127.0.0.1', port: await freePort(), data: join(directory, 'file', 'nameserver') };
  await assert.rejects(ensureNameServer(address), /nameserver: a part of that path is a file/);
});
