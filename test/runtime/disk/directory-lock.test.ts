// One process holds a directory; the next is told who does; a killed one holds nothing.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lockDirectory } from '../../../runtime/disk/directory-lock.js';
import { temporaryDirectory } from './temporary.js';

const HOLDER = fileURLToPath(new URL('./lock-holder.js', import.meta.url));

/** Another process that tries to lock the directory; `said` is what it got. */
async function otherProcess(context: TestContext, directory: string) {
  const child = spawn(process.execPath, [HOLDER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: JSON.parse(said.toString()) as unknown };
}

function mustLock(directory: string) {
  const lock = lockDirectory(directory);
  assert.ok(lock.state === 'locked');
  return lock;
}

test('a directory is made, locked once, and free again after release', (context) => {
  const directory = join(temporaryDirectory(context), 'data', 'alice');
  const first = mustLock(directory);
  assert.deepEqual(lockDirectory(directory), { state: 'taken', pid: process.pid });
  first.release();
  mustLock(directory).release();
});

test('a second process is refused and told who holds the directory', async (context) => {
  const directory = temporaryDirectory(context);
  const lock = mustLock(directory);
  const { said } = await otherProcess(context, directory);
  assert.deepEqual(said, { state: 'taken', pid: process.pid });
  lock.release();
});

test('kill -9 leaves no lock behind', async (context) => {
  const directory = temporaryDirectory(context);
  const { child, said } = await otherProcess(context, directory);
  assert.deepEqual(said, { state: 'locked' });
  assert.deepEqual(lockDirectory(directory), { state: 'taken', pid: child.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
  mustLock(directory).release();
});

test('a place where no directory can be is refused in one line', (context) => {
  const file = join(temporaryDirectory(context), 'file');
  writeFileSync(file, '');
  assert.throws(() => lockDirectory(join(file, 'alice')), /alice: a part of that path is a file.*--data/);
});

test('a file that is worthless when damaged is made again: the lock', (context) => {
  const directory = temporaryDirectory(context);
  const damaged = 'x'.repeat(5_000);
  writeFileSync(join(directory, 'lock.db'), damaged);
  const lock = mustLock(directory);
  assert.deepEqual(lockDirectory(directory), { state: 'taken', pid: process.pid });
  assert.equal(readFileSync(join(directory, 'lock.db.damaged'), 'utf8'), damaged);
  lock.release();
});

test('a place where the host refuses to create a directory is refused at once', needsProc(), () => {
  assert.throws(
    () => lockDirectory('/proc/kith/alice'),
    /^OperationalError: \/proc\/kith\/alice: there is no such .* Check the path/,
  );
});

test('a path that is too long or leads in a circle is refused in words', (context) => {
  const directory = temporaryDirectory(context);
  symlinkSync('circle', join(directory, 'circle'));
  assert.throws(() => lockDirectory(join(directory, 'circle', 'alice')), /the links in that path form a circle/);
  assert.throws(() => lockDirectory(join(directory, 'a'.repeat(300))), /that path is too long/);
});

function needsProc(): { skip: string | false } {
  return { skip: existsSync('/proc/self') ? false : 'no /proc here' };
}
