// How programs start and stop: invalid arguments, exit codes, and error messages of one line.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, suite, test, type TestContext } from 'node:test';
import { CLIENT, NAME_SERVER } from '../../start/programs.js';
import { RunningProgram } from './testbed/running-program.js';
import { Testbed } from './testbed/testbed.js';

/** Exit code and output of a program. */
interface Outcome {
  readonly code: number | null;
  readonly said: readonly string[];
  readonly complaints: readonly string[];
}

suite('programs', () => {
  let testbed: Testbed;
  before(async () => {
    testbed = await Testbed.open();
  });
  after(() => testbed.close());

  const client = (args: readonly string[], input = ''): Promise<Outcome> =>
    outcome(CLIENT, args, { directory: testbed.directory, input });
  const aliceAt = (address: string, ...more: string[]): Promise<Outcome> =>
    client([address, '--user', 'alice', '--host', '127.0.0.1', ...more]);

  test('--help prints one screen with an example and exits with 0', async () => {
    for (const [program, args] of [
      [CLIENT, ['--help']],
      [NAME_SERVER, ['--help']],
      [NAME_SERVER, ['start', '--help']],
    ] as const) {
      const { code, said, complaints } = await outcome(program, args, { directory: testbed.directory });
      assert.equal(code, 0);
      assert.match(said.join('\n'), /Example:\n +\S/);
      assert.deepEqual(complaints, []);
    }
  });

  test('an invalid address gives one line and exit code 2', async () => {
    for (const address of ['nonsense', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:99999', 'ftp://127.0.0.1:1', ':1']) {
      refusedInOneLine(await aliceAt(address), 2, address);
    }
  });

  test('invalid flags give one line and exit code 1', async () => {
    refusedInOneLine(await aliceAt(testbed.server.address, '--port', 'many'), 1, '--port');
    refusedInOneLine(await aliceAt(testbed.server.address, '--nonsense'), 1, '--nonsense');
    refusedInOneLine(await client([testbed.server.address, '--user', 'No Name!']), 1, 'name');
    refusedInOneLine(await client([testbed.server.address, '--user', 'nameserver']), 1, 'nameserver');
    refusedInOneLine(await client([testbed.server.address]), 1, '--user');
  });

  test('a port in use gives one line and exit code 2, for clients and name servers', async (t) => {
    const port = await takenPort(t);
    refusedInOneLine(await aliceAt(testbed.server.address, '--port', port, '--data', 'taken'), 2, port);
    const place = ['--host', '127.0.0.1', '--port', port, '--data', 'other'];
    refusedInOneLine(await outcome(NAME_SERVER, ['start', ...place], { directory: testbed.directory }), 2, port);
  });

  test('a second client or name server on the same directory is refused in one line', async () => {
    const first = await testbed.client('bob');
    const again = [testbed.server.address, '--user', 'bob', '--data', testbed.dataOf('bob'), '--host', '127.0.0.1'];
    refusedInOneLine(await client(again), 1, String(first.program.pid));
    const place = ['--host', '127.0.0.1', '--port', '0', '--data', testbed.dataOf('nameserver')];
    refusedInOneLine(await outcome(NAME_SERVER, ['start', ...place], { directory: testbed.directory }), 1, '--data');
    await first.leaves();
  });

  test('an unusable directory gives one line and exit code 1', async () => {
    writeFileSync(join(testbed.directory, 'a-file'), '');
    refusedInOneLine(await aliceAt(testbed.server.address, '--data', 'a-file'), 1, 'a-file');
  });

  test('the directory of another user gives one line and exit code 1', async () => {
    assert.equal((await aliceAt(testbed.server.address, '--data', 'hers', '-c', 'whoami')).code, 0);
    const other = [testbed.server.address, '--user', 'mallory', '--data', 'hers', '--host', '127.0.0.1'];
    refusedInOneLine(await client([...other, '-c', 'whoami']), 1, 'hers belongs to alice');
  });

  test('a read-only directory gives one line and exit code 1', skipForRoot(), async () => {
    const place = join(testbed.directory, 'locked');
    mkdirSync(place);
    chmodSync(place, 0o500);
    refusedInOneLine(await aliceAt(testbed.server.address, '--data', place), 1, place);
  });

  test('data is in data/<user> below the working directory, or below KITH_DATA', async () => {
    const env = { KITH_DATA: 'elsewhere' };
    const args = [testbed.server.address, '--user', 'carol', '--host', '127.0.0.1', '-c', 'whoami'];
    assert.equal((await client(args)).code, 0);
    assert.equal((await outcome(CLIENT, args, { directory: testbed.directory, env })).code, 0);
    for (const place of ['data/carol', 'elsewhere/carol']) {
      assert.ok(existsSync(join(testbed.directory, place, 'identity.json')), place);
    }
  });

  test('Ctrl+C gives exit code 130', async () => {
    const dave = await testbed.client('dave');
    dave.program.signal('SIGINT');
    assert.deepEqual(await dave.program.ended, { code: 130, signal: null });
  });
});

async function outcome(
  command: string,
  args: readonly string[],
  { directory, input = '', env = {} }: { directory: string; input?: string; env?: Record<string, string> },
): Promise<Outcome> {
  const program = new RunningProgram({ name: 'the program', command, args, directory, env });
  program.write(input);
  program.closeInput();
  const { code } = await program.ended;
  return { code, said: program.lines, complaints: program.stderrLines };
}

function refusedInOneLine({ code, said, complaints }: Outcome, expected: number, about: string): void {
  assert.deepEqual([code, said, complaints.length], [expected, [], 1], [...said, ...complaints].join('\n'));
  assert.ok(complaints[0]?.includes(about), `"${complaints[0]}" says nothing of ${about}`);
  assert.doesNotMatch(complaints[0] ?? '', /\bat \S+:\d+:\d+|Error:/);
}

async function takenPort(t: TestContext): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return String((server.address() as AddressInfo).port);
}

function skipForRoot(): { skip: string | false } {
  return { skip: process.getuid?.() === 0 ? 'root may write everywhere' : false };
}
