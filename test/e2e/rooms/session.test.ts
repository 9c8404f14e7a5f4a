// The client protocol between real processes, in each order, and the messages of both programs to their users.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ORDERS } from '../../../protocols/rooms/order/client-release.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';
import { RunningProgram } from '../testbed/running-program.js';
import { Cluster, freePorts } from './cluster.js';
import { LineClient } from './line-client.js';

const programPath = (name: string) => fileURLToPath(new URL(`../../../rooms/${name}/main.js`, import.meta.url));
const BOUND_MS = 10_000;
const ASK_AGAIN_MS = 100;

/** A cluster of three and a client at each server. */
async function cluster(context: TestContext, order: string): Promise<[LineClient, LineClient, LineClient]> {
  const running = await Cluster.start({ servers: 3, order });
  const [a = 0, b = 0, c = 0] = running.ports;
  const clients = await Promise.all([LineClient.of(a), LineClient.of(b), LineClient.of(c)]);
  context.after(() => {
    running.end();
    for (const client of clients) client.close();
  });
  for (const client of clients) await untilReady(client);
  return clients;
}

/** Waits until the server of the client is in a view. */
async function untilReady(client: LineClient): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await client.asks('/order', '+OK order ');
    if (answer.endsWith('waiting for nothing')) return;
    await pause(ASK_AGAIN_MS);
  }
  assert.fail('the server is not in a view');
}

for (const order of ORDERS) {
  test(`a session with three servers, ${order}`, async (context) => {
    const [alice, bob, carol] = await cluster(context, order);
    await alice.asks('hello', '-ERR ');
    await alice.ask('/join 1\n', '+OK You are now in chat room #1');
    await alice.ask('/join 2', '-ERR You are already in room #1');
    await bob.asks('/join 0', '-ERR ');
    await bob.asks('/join many', '-ERR ');
    await bob.ask('/join 1', '+OK You are now in chat room #1');
    await carol.ask('/join 2', '+OK You are now in chat room #2');
    await alice.ask('hello', `<${alice.address}> hello`);
    await bob.hears(`<${alice.address}> hello`);
    await bob.asks('/nick bob', '+OK ');
    await bob.ask('hi, alice', '<bob> hi, alice');
    await alice.hears('<bob> hi, alice');
    await alice.asks('/shout', '-ERR ');
    await bob.asks('x'.repeat(1_001), '-ERR ');
    await bob.ask('/part', '+OK You have left chat room #1');
    await bob.asks('/part', '-ERR ');
    alice.send('/quit');
    await alice.asks('hello again', '-ERR ');
    assert.deepEqual(
      carol.lines.filter((line) => line.startsWith('<')),
      [],
    );
    assert.ok([...alice.lines, ...bob.lines].every((line) => !/[\r\n]/.test(line)));
  });
}

test('chatclient sends typed lines, prints what it receives, and quits at the end of input', async (context) => {
  const running = await Cluster.start({ servers: 1, order: 'total' });
  const other = await LineClient.of(running.ports[0] ?? 0);
  context.after(() => {
    running.end();
    other.close();
  });
  await untilReady(other);
  await other.ask('/join 1', '+OK You are now in chat room #1');
  const args = [`127.0.0.1:${running.ports[0]}`];
  const client = new RunningProgram({ name: 'chatclient', command: programPath('chatclient'), args });
  client.write('/join 1\n');
  await client.stdout.take('the answer', (line) => line === '+OK You are now in chat room #1', BOUND_MS);
  client.write('/nick eve\nhello\n');
  await other.hears('<eve> hello');
  await client.stdout.take('its own line', (line) => line === '<eve> hello', BOUND_MS);
  client.closeInput();
  assert.deepEqual(await client.ended, { code: 0, signal: null });
  const who = await other.asks('/who', '+OK room #1');
  assert.equal(who, `+OK room #1, 1 here: ${other.address} (server 1)`);
});

test('chatserver reports each problem in one line and exits with the documented code', async (context) => {
  const folder = temporaryDirectory(context);
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [port = 0] = await freePorts(1);
  const good = file('good', `127.0.0.1:${port}\n`);
  const bad = file('bad', '127.0.0.1:5000\n,\n');
  const away = file('away', '127.0.0.1:5000,192.0.2.1:5000\n');
  const run = async (...args: string[]) => {
    const program = new RunningProgram({
      name: 'chatserver',
      command: programPath('chatserver'),
      args,
      directory: folder,
    });
    return { ...(await program.ended), complaints: program.stderrLines, lines: program.lines };
  };
  assert.deepEqual((await run('--check', good)).lines, [`${good}: 1 servers`]);
  const checked = await run('--check', bad);
  assert.equal(checked.code, 1);
  assert.match(checked.complaints[0] ?? '', /bad, line 2: /);
  const codes: readonly (readonly [number, readonly string[]])[] = [
    [1, [good]],
    [1, [good, '2']],
    [1, [good, '0']],
    [1, [good, '1', '-o', 'causal']],
    [1, [good, '1', '--rooms', '3']],
    [1, [join(folder, 'nowhere'), '1']],
    [2, [away, '1']],
  ];
  for (const [code, args] of codes) {
    const ended = await run(...args);
    assert.deepEqual([ended.code, ended.lines], [code, []], args.join(' '));
    assert.ok(ended.complaints.every((line) => !/^\s+at /.test(line)));
  }
});
