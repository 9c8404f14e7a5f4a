// A program ends with one line and the code of the contract; the log is silent, or says what it was asked to.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';

/** Runs a module text in a process of its own, with `exit.js` and `log.js` at hand. */
function run(text: string, env: Record<string, string> = {}) {
  const modules = ['process/exit', 'log'].map(
    (name) => `import * as ${name.split('/').at(-1)} from ${JSON.stringify(urlOf(name))};`,
  );
  const args = ['--input-type=module', '-e', `${modules.join('')}${text}`];
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, KITH_DEBUG: '', ...env } });
}

function urlOf(name: string): string {
  return new URL(`../../../runtime/${name}.js`, import.meta.url).href;
}

test('an error is one line on stderr, and the code is the one given', () => {
  const ended = run(`exit.endWith(exit.EXIT.bind, new Error('the port is in use.\\nmore'))`);
  assert.equal(ended.status, 2);
  assert.equal(ended.stderr, 'the port is in use.\n');
  assert.equal(ended.stdout, '');
});

test('a fault of ours is one line too, and the whole trace with KITH_DEBUG=1', () => {
  const text = `exit.endOnFault(); Promise.reject(new Error('broken promise: x'));`;
  const ended = run(text);
  assert.equal(ended.status, 1);
  assert.equal(ended.stderr, 'broken promise: x\n');
  assert.match(run(text, { KITH_DEBUG: '1' }).stderr, /\n\s+at /);
});

test('with KITH_DEBUG=1 an error tells its cause', () => {
  const text = `exit.endWith(1, new Error('data: the disk is full.', { cause: new Error('ENOSPC') }));`;
  assert.match(run(text, { KITH_DEBUG: '1' }).stderr, /the disk is full[^]*cause[^]*ENOSPC/);
});

test('the log is silent unless it is asked for, and never on stdout', () => {
  const text = `const opened = await log.openLog('trial', 'silent'); opened.info('hello'); opened.debug('low');`;
  assert.equal(run(text, { KITH_LOG: 'silent' }).stderr, '');
  const asked = run(text, { KITH_LOG: 'info' });
  assert.equal((JSON.parse(asked.stderr) as { msg: string }).msg, 'hello');
  assert.equal(asked.stdout, '');
});

test('a level that does not exist is refused with those that do', () => {
  const ended = run(
    `try { await log.openLog('trial', 'info') } catch (error) { exit.endWith(exit.EXIT.usage, error) }`,
    { KITH_LOG: 'loud' },
  );
  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /^KITH_LOG cannot be "loud"\. Use one of .*silent\.\n$/);
});

test('a stdout that breaks ends it: quietly where the reader has gone, with one line otherwise', () => {
  const breaking = (code: string): string => `exit.onBrokenOutput((code) => process.exit(code));
    const broken = Object.assign(new Error('write'), { code: '${code}' });
    for (let k = 0; k < 3; k += 1) process.stdout.emit('error', broken);`;
  const [gone, full] = [run(breaking('EPIPE')), run(breaking('ENOSPC'))];
  assert.deepEqual([gone.status, gone.stderr], [0, '']);
  assert.deepEqual([full.status, full.stderr], [1, 'The output: the disk is full. Make room and try again.\n']);
});

test('every further error of a broken stdout changes nothing', () => {
  const text = `let ends = 0; exit.endOnFault(); exit.onBrokenOutput(() => (ends += 1));
    for (let k = 0; k < 3; k += 1) process.stdout.emit('error', Object.assign(new Error('write'), { code: 'EPIPE' }));
    process.stderr.emit('error', new Error('write'));
    console.log(ends);`;
  const ended = run(text);
  assert.deepEqual([ended.status, ended.stdout, ended.stderr], [0, '1\n', '']);
});
