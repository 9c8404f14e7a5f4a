// The Driver performs effects in order and only after their commit, and is idle while no input waits.

import assert from 'node:assert/strict';
import { setImmediate as nextTick } from 'node:timers/promises';
import { test } from 'node:test';
import type { Instant, Machine } from '../../protocols/kit/machine.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Driver, type DriverOptions } from '../../runtime/driver.js';

type Setup = ReturnType<typeof setup>;

/** A machine that answers `x` by `did x`, and a store that records its commits. */
function setup(options: Partial<DriverOptions<string, string>> = {}) {
  const journal: string[] = [];
  const time = { now: 1_000 };
  const machine: Machine<string, string> & { alarm: Instant | null } = {
    alarm: null,
    handle: (input) => {
      if (input === 'bomb') throw new Error('bomb');
      journal.push(input);
      return [`did ${input}`];
    },
    wakeAt: () => machine.alarm,
  };
  const store = {
    transaction<T>(work: () => T): T {
      journal.push('begin');
      const result = work();
      journal.push('commit');
      return result;
    },
  };
  const faults: { error: unknown; uncommitted: readonly string[] }[] = [];
  const settings: DriverOptions<string, string> = {
    machine,
    store,
    perform: (effect) => journal.push(effect),
    clock: { now: () => time.now },
    wakeInput: 'wake',
    onFault: (error, uncommitted) => faults.push({ error, uncommitted }),
    ...options,
  };
  return { journal, time, machine, faults, settings };
}

const drive = ({ settings }: Setup) => new Driver(settings);

test('[G1] the inputs of one tick are one transaction, and effects follow its commit in order', async () => {
  const one = setup();
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  assert.deepEqual(one.journal, []);
  await nextTick();
  assert.deepEqual(one.journal, ['begin', 'a', 'b', 'commit', 'did a', 'did b']);
});

test('[G1] the end-of-tick input belongs to the transaction of its tick and comes once', async () => {
  const one = setup({ endOfTickInput: 'over' });
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  await nextTick();
  assert.deepEqual(one.journal, ['begin', 'a', 'b', 'over', 'commit', 'did a', 'did b', 'did over']);
});

test('[G1] if the commit fails, no effect is performed and the inputs are handed back', async () => {
  const one = setup({
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
  await nextTick();
  assert.deepEqual(one.journal, ['a', 'b']);
  assert.match(String(one.faults[0]?.error), /disk full/);
  assert.deepEqual(one.faults[0]?.uncommitted, ['a', 'b']);
});

test('[G1] if the machine throws, no effect is performed and no later input is handled', async () => {
  const one = setup();
  const driver = drive(one);
  driver.put('a');
  driver.put('bomb');
  await nextTick();
  driver.put('c');
  await nextTick();
  assert.deepEqual(one.journal, ['begin', 'a']);
  assert.deepEqual(one.faults[0]?.uncommitted, ['a', 'bomb']);
});

test('an input that an effect causes belongs to the next transaction', async () => {
  const one = setup({
    perform: (effect) => {
      one.journal.push(effect);
      if (effect === 'did a') driver.put('echo');
    },
  });
  const driver = drive(one);
  driver.put('a');
  await nextTick();
  await nextTick();
  assert.deepEqual(one.journal, ['begin', 'a', 'commit', 'did a', 'begin', 'echo', 'commit', 'did echo']);
});

test('a tick that lasts too long is cut, and the rest waits for the next', async () => {
  const one = setup();
  const handle = one.machine.handle.bind(one.machine);
  one.machine.handle = (input, now) => {
    one.time.now += LIMITS.driverTickMs;
    return handle(input, now);
  };
  const driver = drive(one);
  driver.put('a');
  driver.put('b');
  await nextTick();
  assert.deepEqual(one.journal, ['begin', 'a', 'commit', 'did a']);
  assert.equal(driver.backlog, 1);
  await nextTick();
  assert.equal(driver.backlog, 0);
});

test('an overload is announced once when it begins and once when it ends', () => {
  const levels: boolean[] = [];
  const one = setup({ onOverload: (isOverloaded) => levels.push(isOverloaded) });
  const driver = drive(one);
  for (let count = 0; count < LIMITS.driverBacklogHigh + 5; count += 1) driver.put('x');
  assert.deepEqual(levels, [true]);
  assert.ok(driver.isOverloaded);
  driver.flush();
  assert.deepEqual(levels, [true, false]);
  assert.equal(one.journal.filter((entry) => entry === 'did x').length, LIMITS.driverBacklogHigh + 5);
});

test('the machine is woken at its wake time, not before', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = setup();
  one.machine.alarm = 1_100;
  const driver = drive(one);
  context.mock.timers.tick(99);
  one.time.now = 1_099;
  await nextTick();
  assert.deepEqual(one.journal, []);
  one.machine.alarm = null;
  one.time.now = 1_100;
  context.mock.timers.tick(1);
  await nextTick();
  assert.deepEqual(one.journal, ['begin', 'wake', 'commit', 'did wake']);
  driver.stop();
});

test('a wake time beyond the longest timer is waited for in pieces', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = setup();
  one.machine.alarm = 1_000 + LIMITS.driverTimerMs + 10;
  const driver = drive(one);
  one.time.now += LIMITS.driverTimerMs;
  context.mock.timers.tick(LIMITS.driverTimerMs);
  await nextTick();
  assert.deepEqual(one.journal, []);
  one.time.now += 10;
  context.mock.timers.tick(10);
  driver.flush();
  assert.equal(one.journal[1], 'wake');
  driver.stop();
});

test('after stop, no input is handled and no timer is left', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = setup();
  one.machine.alarm = 1_001;
  const driver = drive(one);
  driver.put('a');
  driver.stop();
  driver.put('b');
  one.time.now = 2_000;
  context.mock.timers.tick(1_000);
  await nextTick();
  assert.deepEqual(one.journal, []);
});

/** A store that another program has locked for this many attempts. */
function lockedFor(attempts: number): { transaction<T>(work: () => T): T; begun: number } {
  const store = {
    begun: 0,
    transaction<T>(work: () => T): T {
      store.begun += 1;
      if (store.begun <= attempts) throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
      return work();
    },
  };
  return store;
}

test('disk work while another program has locked the store is done later, each input once', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const one = setup({ store: lockedFor(2) });
  const driver = drive(one);
  driver.put('a');
  await nextTick();
  driver.put('b');
  assert.deepEqual(one.journal, []);
  for (let time = 0; time < 2; time += 1) {
    context.mock.timers.tick(LIMITS.driverRetryMs);
    await nextTick();
  }
  assert.deepEqual(one.journal, ['a', 'b', 'did a', 'did b']);
  assert.deepEqual(one.faults, []);
});

test('a store that stays locked ends the driver with all inputs, after a bounded number of attempts', () => {
  const store = lockedFor(Infinity);
  const one = setup({ store });
  const driver = drive(one);
  driver.put('a');
  driver.flush();
  assert.deepEqual([store.begun, one.faults.length, one.faults[0]?.uncommitted], [LIMITS.driverBeginsMax, 1, ['a']]);
});
