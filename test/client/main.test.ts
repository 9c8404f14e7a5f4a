// The program p2p-client as a process: help, and messages for wrong flags.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../../protocols/kit/version.js';

const MAIN = fileURLToPath(new URL('../../client/main.js', import.meta.url));

function p2pClient(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('--help shows one example', () => {
  const { status, stdout } = p2pClient('--help');
  assert.equal(status, 0);
  assert.match(stdout, /Example:\n {2}p2p-client 127\.0\.0\.1:12345 --user alice\n/);
});

test('--version is the one of the package', () => {
  const packageFile = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  assert.equal(VERSION, version);
  assert.equal(p2pClient('--version').stdout, `${version}\n`);
});

test('wrong flags end with 1, a wrong address with 2, each in one line', () => {
  const table: [args: string[], status: number, told: RegExp][] = [
    [[], 1, /missing required argument/],
    [['127.0.0.1:1', '--nonsense'], 1, /unknown option/],
    [['127.0.0.1:1'], 1, /^Your name is missing\. Add --user NAME\.\n$/],
    [['127.0.0.1:1', '--user', 'nameserver'], 1, /^"nameserver" cannot be a name\..*\n$/],
    [['nowhere', '--user', 'alice'], 2, /^"nowhere" is not an address\..*\n$/],
  ];
  for (const [args, status, told] of table) {
    const ended = p2pClient(...args);
    assert.equal(ended.status, status, args.join(' '));
    assert.match(ended.stderr, told);
    assert.equal(ended.stdout, '');
  }
});

test('a reader that closes its end stops the client without an error', async (context) => {
  const data = mkdtempSync(join(tmpdir(), 'kith-reader-'));
  context.after(() => rmSync(data, { recursive: true, force: true }));
  const args = ['127.0.0.1:1', '--user', 'zoe', '--data', data, '--host', '127.0.0.1', '--json'];
  const client = spawn(process.execPath, [MAIN, ...args]);
  client.stdin.on('error', () => undefined); // it has ended before it read everything, as it should
  let complaints = '';
  client.stderr.on('data', (chunk) => (complaints += String(chunk)));
  client.stdout.once('data', () => client.stdout.destroy());
  client.stdin.end('whoami\n'.repeat(2_000));
  const [code] = (await once(client, 'close')) as [number | null];
  assert.deepEqual({ code, complaints }, { code: 0, complaints: '' });
});
