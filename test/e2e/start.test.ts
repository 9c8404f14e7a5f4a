// `npm start` without a terminal: real processes exchange messages over real sockets and leave no files.

import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Parent of its temporary directory. */
  readonly temporary: string;
}

function start(t: TestContext): Started {
  const temporary = mkdtempSync(join(tmpdir(), 'kith-start-'));
  const child = spawn(process.execPath, ['dist/start/main.js'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
  });
  return { child, temporary };
}

test('the demo prints one line for each message, exits with 0, and leaves no files', async (t) => {
  const { child, temporary } = start(t);
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [said, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  assert.equal(complaints, '');
  assert.equal(code, 0);
  const lines = said.trimEnd().split('\n');
  assert.equal(lines.length, 5);
  assert.deepEqual(
    lines.filter((line) => !/^(alice|bob): \S/.test(line)),
    [],
  );
  assert.deepEqual(readdirSync(temporary), []);
});

test('an interrupted demo fails with one line and leaves no files', async (t) => {
  const { child, temporary } = start(t);
  const complaints = text(child.stderr);
  await once(createInterface({ input: child.stdout }), 'line');
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 1);
  assert.match(await complaints, /^The demo was interrupted \(SIGTERM\)\.\n$/);
  assert.deepEqual(readdirSync(temporary), []);
});
