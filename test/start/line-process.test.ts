// A child process spoken to in lines: lines are taken once and in order, and waiting ends when the program does.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LineProcess } from '../../start/line-process.js';

const ECHO = `
  let text = '';
  process.stdin.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\\n'); end >= 0; end = text.indexOf('\\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      if (line === 'fail') { console.error('it hurts'); process.exit(3); }
      console.log('echo ' + line);
    }
  });`;

function program(t: TestContext): LineProcess {
  const directory = mkdtempSync(join(tmpdir(), 'kith-line-program-'));
  writeFileSync(join(directory, 'echo.cjs'), ECHO);
  const started = new LineProcess('echo', join(directory, 'echo.cjs'), []);
  t.after(async () => {
    await started.kill();
    rmSync(directory, { recursive: true });
  });
  return started;
}

test('lines are taken once, the earliest first, whether they came before or after they were asked for', async (t) => {
  const echo = program(t);
  const asked = echo.line((line) => line === 'echo two');
  for (const line of ['one', 'two', 'three']) echo.send(line);
  assert.equal(await asked, 'echo two');
  assert.equal(await echo.line(() => true), 'echo one');
  assert.equal(await echo.line(() => true), 'echo three');
});

test('waiting ends with what the program complained about when it ends', async (t) => {
  const echo = program(t);
  const asked = echo.line(() => true);
  echo.send('fail');
  await assert.rejects(asked, /echo ended \(3\): it hurts/);
  await assert.rejects(
    echo.line(() => true),
    /echo has ended: it hurts/,
  );
  assert.equal(await echo.ended, 3);
});
