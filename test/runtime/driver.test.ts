// The Driver performs effects only after their commit, in order, and does nothing while there is nothing to do.

import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import type { Instant, Machine } from '../../protocols/kit/machine.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Driver, type DriverOptions } from '../../runtime/driver.js';

type Trial = ReturnType<typeof trial>;

/** A machine that answers `x` by `did x`, and a store that writes down when it commits. */
function trial(options: Partial<DriverOptions<string, string>> = {}) {
  const diary: string[] = [];
  const time = { now: 1_000 };
  const machine: Machine<string, string> & { alarm: Instant | null } = {
    alarm: null,
    handle: (input) => {
      if (input === 'bomb') throw new Error('bomb');
      diary.push(input);
      return [`did ${input}`];
    },
    wakeAt: () => machine.alarm,
  };
  const store = {
    transaction<T>(work: () => T): T {
      diary.push('begin');
      const result = work();
      diary.push('commit');
      return result;
    },
  };
  const faults: { error: unknown; lost: readonly string[] }[] = [];
  const settings: DriverOptions<string, string> = {
    machine,
    store,
    perform: (effect) => diary.push(effect),
    clock: { now: () => time.now },
    wakeInput: 'wake',
    onFault: (error, lost) => faults.push({ error, lost }),
    ...options,
  };
  return { diary, time, machine, faults, settings };
}

const drive = ({ settings }: Trial) => new Driver(settings);

test('[G1] the inputs of one turn are one transaction, and effects follow its commit in order', async () => {
  const one = trial();
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  assert.deepEqual(one.diary, []);
  await nextTurn();
  assert.deepEqual(one.diary, ['begin', 'a', 'b', 'commit', 'did a', 'did b']);
});

test('[G1] the last input of a turn belongs to its transaction, and comes once however many there were', async () => {
  const one = trial({ endOfTickInput: 'over' });
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  await nextTurn();
  assert.deepEqual(one.diary, ['begin', 'a', 'b', 'over', 'commit', 'did a', 'did b', 'did over']);
});

test('[G1] where the commit fails nothing is performed, and the inputs are handed back', async () => {
  const one = trial({
    store: {
      transaction(work) {
        work();
        throw new Error('disk full');
      },
    },
  });
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  await nextTurn();
  assert.deepEqual(one.diary, ['a', 'b']);
  assert.match(String(one.faults[0]?.error), /disk full/);
  assert.deepEqual(one.faults[0]?.lost, ['a', 'b']);
});

test('[G1] where the machine throws nothing is performed, and nothing is handled after it', async () => {
  const one = trial();
  const driver = drive(one);
  driver.put('a');
  driver.put('bomb');
  await nextTurn();
  driver.put('c');
  await nextTurn();
  assert.deepEqual(one.diary, ['begin', 'a']);
  assert.deepEqual(one.faults[0]?.lost, ['a', 'bomb']);
});

test('an input that an effect brings about belongs to the next transaction', async () => {
  const one = trial({
    perform: (effect) => {
      one.diary.push(effect);
      if (effect === 'did a') driver.put('echo');
    },
  });
  const driver = drive(one);
  driver.put('a');
  await nextTurn();
  await nextTurn();
  assert.deepEqual(one.diary, ['begin', 'a', 'commit', 'did a', 'begin', 'echo', 'commit', 'did echo']);
});

test('a turn that lasts too long is cut, and the rest waits for the next', async () => {
  const one = trial();
  const handle = one.machine.handle.bind(one.machine);
  one.machine.handle = (input, now) => {
    one.time.now += LIMITS.driverTickMs;
    return handle(input, now);
  };
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  await nextTurn();
  assert.deepEqual(one.diary, ['begin', 'a', 'commit', 'did a']);
  assert.equal(driver.backlog, 1);
  await nextTurn();
  assert.equal(driver.backlog, 0);
});

test('a crowd is announced once when it gathers and once when it has gone', () => {
  const levels: string[] = [];
  const one = trial({ onBacklog: (level) => levels.push(level) });
  const driver = drive(one);
  for (let count = 0; count < LIMITS.driverBacklogHigh + 5; count += 1) driver.put('x');
  assert.deepEqual(levels, ['high']);
  assert.ok(driver.isOverloaded);
  driver.flush();
  assert.deepEqual(levels, ['high', 'low']);
  assert.equal(one.diary.filter((entry) => entry === 'did x').length, LIMITS.driverBacklogHigh + 5);
});

test('the machine is woken when its time has come, not before', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = trial();
  one.machine.alarm = 1_100;
  const driver = drive(one);
  context.mock.timers.tick(99);
  one.time.now = 1_099;
  await nextTurn();
  assert.deepEqual(one.diary, []);
  one.machine.alarm = null;
  one.time.now = 1_100;
  context.mock.timers.tick(1);
  await nextTurn();
  assert.deepEqual(one.diary, ['begin', 'wake', 'commit', 'did wake']);
  driver.stop();
});

test('a wake time beyond the reach of a timer is waited for in pieces', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = trial();
  one.machine.alarm = 1_000 + LIMITS.driverTimerMs + 10;
  const driver = drive(one);
  one.time.now += LIMITS.driverTimerMs;
  context.mock.timers.tick(LIMITS.driverTimerMs);
  await nextTurn();
  assert.deepEqual(one.diary, []);
  one.time.now += 10;
  context.mock.timers.tick(10);
  driver.flush();
  assert.equal(one.diary[1], 'wake');
  driver.stop();
});

test('after stop nothing is handled and no timer is left', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = trial();
  one.machine.alarm = 1_001;
  const driver = drive(one);
  driver.put('a');
  driver.stop();
  driver.put('b');
  one.time.now = 2_000;
  context.mock.timers.tick(1_000);
  await nextTurn();
  assert.deepEqual(one.diary, []);
});
