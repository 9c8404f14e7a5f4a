// A running room server: state on disk, metrics, trace output, and a failing disk.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readChatServerConfig, type ChatServerConfig } from '../../rooms/chatserver/config.js';
import { PeerAddresses } from '../../rooms/chatserver/peer-addresses.js';
import { StateFile } from '../../rooms/chatserver/state-file.js';
import { runChatServer } from '../../rooms/chatserver/run.js';
import { freePorts } from '../e2e/rooms/cluster.js';
import { LineClient } from '../e2e/rooms/line-client.js';
import { temporaryDirectory } from '../runtime/disk/temporary.js';

async function configFor(context: TestContext): Promise<ChatServerConfig> {
  const folder = temporaryDirectory(context);
  const [port = 0] = await freePorts(1);
  writeFileSync(join(folder, 'servers.conf'), `127.0.0.1:${port}\n`);
  const flags = { data: join(folder, 'data'), metricsPort: '0', order: 'total', verbose: true };
  const outcome = readChatServerConfig([join(folder, 'servers.conf'), '1'], flags, {});
  assert.ok('config' in outcome);
  return outcome.config;
}

function broken(error: unknown): never {
  throw error;
}

test('[VIEW-2] [VIEW-13] every start has a new boot, on disk before the server runs', async (context) => {
  const config = await configFor(context);
  const [first, second] = [new StateFile(config).startBoot(), new StateFile(config).startBoot()];
  assert.ok(second.boot > first.boot);
  writeFileSync(join(config.data, 'memory.json'), '{"boot":');
  assert.throws(() => new StateFile(config).startBoot(), /is damaged\. Stop all servers/);
});

test('a server answers clients, prints its trace, serves metrics and stores its view', async (context) => {
  const config = await configFor(context);
  const printed: string[] = [];
  const server = await runChatServer(config, { print: (line) => printed.push(line), onFault: broken });
  const client = await LineClient.of(server.endpoint.port);
  context.after(() => client.close());
  await client.ask('/join 1', '+OK You are now in chat room #1');
  await client.ask('hello', `<${client.address}> hello`);
  const page = await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`);
  assert.match(await page.text(), /^kith_rooms_clients 1$/m);
  assert.equal((await fetch(`http://127.0.0.1:${server.metricsPort}/`)).status, 404);
  await server.stop();
  assert.match(printed.join('\n'), /^ +\d+\.\d{6} S01 delivers {2}#\d+ S1 seq \d+ time \d+ nth \d+ chat room 1 <127/m);
  const memory = JSON.parse(readFileSync(join(config.data, 'memory.json'), 'utf8')) as { decision: { view: number } };
  assert.equal(memory.decision.view, 1);
});

test('a server starts although the name of another one cannot be looked up', async (context) => {
  const config = await configFor(context);
  const lost = { host: 'no-such-host.invalid', port: 5_001 };
  const told: string[] = [];
  const servers = [...config.servers, { forward: lost, bind: lost }];
  const host = { print: () => undefined, onFault: broken, onUnresolved: (reason: string) => void told.push(reason) };
  const server = await runChatServer({ ...config, servers }, host);
  await server.stop();
  assert.equal(told.length, 1);
  await assert.rejects(runChatServer({ ...config, servers, index: 1 }, host), 'its own address must be known');
});

test('[VIEW-2] a server that cannot write its state does not start', async (context) => {
  const config = await configFor(context);
  const faults: unknown[] = [];
  writeFileSync(config.data, 'a file where the folder should be');
  await assert.rejects(runChatServer(config, { print: () => undefined, onFault: (fault) => faults.push(fault) }));
});

test('[ROOM-19] two names of one address are one server: told by --check and at the start', async () => {
  const [a, b, c] = ['one.example', 'two.example', 'gone.example'].map((host) => ({ host, port: 5_001 }));
  const servers = [a, b, c, c].flatMap((place) => (place ? [{ forward: place, bind: place }] : []));
  const lookUp = ({ host, port }: { host: string; port: number }) =>
    host === 'gone.example'
      ? Promise.reject(new Error('no such name'))
      : Promise.resolve({ host: host === 'one.example' ? '::1' : '0:0:0:0:0:0:0:1', port });
  const addresses = new PeerAddresses(servers, undefined, lookUp);
  await addresses.lookUp();
  const told = addresses.sharedAddresses();
  assert.equal(told.length, 1, 'names that cannot be looked up are not compared');
  assert.match(told[0] ?? '', /^server 2 has the address of server 1: /);
});

test('[ROOM-19] a server does not start on a configuration in which two servers have one address', async (context) => {
  const config = await configFor(context);
  const [own] = config.servers;
  assert.ok(own);
  const servers = [own, { forward: { ...own.forward, host: 'localhost' }, bind: { host: '127.0.0.1', port: 1 } }];
  await assert.rejects(
    runChatServer({ ...config, servers }, { print: () => undefined, onFault: broken }),
    /server 2 has the address of server 1/,
  );
});
