// Set-ups at the same time: one works while the others wait, and a holder that is killed does not block anybody.

import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';

const TURN = pathToFileURL('scripts/ready/turn.mjs').href;

/** Writes `in` to the common log when it has its turn, keeps it until a line comes, and writes `out`. */
const HOLDER = `
  import { appendFileSync } from 'node:fs';
  const [turn, log] = process.argv.slice(1);
  const { inTurn } = await import(turn);
  await inTurn(async () => {
    appendFileSync(log, 'in ');
    console.log('in');
    await new Promise((done) => process.stdin.once('data', done));
    appendFileSync(log, 'out ');
  }, log);
  process.exit();`;

interface Holder {
  readonly child: ChildProcessWithoutNullStreams;
  readonly isIn: Promise<Holder>;
  readonly waits: Promise<unknown>;
}

function holder(t: TestContext, log: string): Holder {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, TURN, log]);
  t.after(() => child.kill('SIGKILL'));
  const isIn = once(createInterface({ input: child.stdout }), 'line').then(() => started);
  const started: Holder = { child, isIn, waits: once(createInterface({ input: child.stderr }), 'line') };
  return started;
}

test(
  'the others wait while one works, and get their turn when it is done, or was killed',
  { timeout: 30_000 },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'kith-turn-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const log = join(directory, 'log');
    const first = await holder(t, log).isIn;
    const second = holder(t, log);
    await second.waits;
    const third = holder(t, log);
    await third.waits;
    assert.equal(readFileSync(log, 'utf8'), 'in ');
    first.child.stdin.write('\n');
    const next = await Promise.race([second.isIn, third.isIn]);
    assert.equal(readFileSync(log, 'utf8'), 'in out in ');
    next.child.kill('SIGKILL');
    const last = await (next === second ? third : second).isIn;
    last.child.stdin.write('\n');
    await once(last.child, 'close');
    assert.equal(readFileSync(log, 'utf8'), 'in out in in out ');
  },
);
