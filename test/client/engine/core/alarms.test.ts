// Alarms by name: the earliest wakes, each rings once, and ringing one may set, move and drop others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Alarms, type PartAlarms } from '../../../../client/engine/core/alarms.js';

interface Recorded {
  readonly alarms: Alarms;
  readonly part: PartAlarms;
  readonly rung: string[];
  readonly set: (key: string, at: number) => void;
}

/** Alarms of one part; `rung` records which of them rang. */
function recorded(): Recorded {
  const alarms = new Alarms();
  const part = alarms.for('part');
  const rung: string[] = [];
  return { alarms, part, rung, set: (key, at) => part.set(key, at, () => rung.push(key)) };
}

test('the earliest wakes; what is due rings once, in order of time', () => {
  const { alarms, rung, set } = recorded();
  set('b', 20);
  set('a', 10);
  set('c', 30);
  assert.equal(alarms.wakeAt(), 10);
  alarms.ring(25);
  assert.deepEqual(rung, ['a', 'b']);
  assert.equal(alarms.wakeAt(), 30);
  alarms.ring(29);
  assert.deepEqual(rung, ['a', 'b']);
});

test('an alarm set again rings at its new time only', () => {
  const { alarms, part, rung, set } = recorded();
  set('a', 10);
  set('a', 50);
  assert.equal(part.at('a'), 50);
  assert.equal(alarms.wakeAt(), 50);
  alarms.ring(20);
  assert.deepEqual(rung, []);
});

test('an alarm set to null is dropped', () => {
  const { alarms, part, rung, set } = recorded();
  set('a', 10);
  part.set('a', null, () => rung.push('a'));
  assert.equal(alarms.wakeAt(), null);
  alarms.ring(20);
  assert.deepEqual(rung, []);
});

test('an alarm that rings may set itself again, and rings no second time in the same moment', () => {
  const { alarms, part } = recorded();
  let count = 0;
  const again = (): void => {
    count += 1;
    part.set('a', 0, again);
  };
  again();
  alarms.ring(100);
  assert.equal(count, 2);
  assert.equal(alarms.wakeAt(), 0);
});

test('one that rings may drop and move others that are due', () => {
  const { alarms, part, rung, set } = recorded();
  part.set('first', 1, () => {
    part.drop('dropped');
    set('moved', 100);
  });
  set('dropped', 2);
  set('moved', 3);
  alarms.ring(10);
  assert.deepEqual(rung, []);
  assert.equal(alarms.wakeAt(), 100);
});

test('whatever is set, moved and dropped, the wake is that of the earliest', () => {
  const step = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.nat(9)));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { alarms, part } = recorded();
      const model = new Map<string, number>();
      for (const [name, at] of steps) {
        if (at === null) part.drop(name);
        else part.set(name, at, () => undefined);
        if (at === null) model.delete(name);
        else model.set(name, at);
        assert.equal(alarms.wakeAt(), model.size === 0 ? null : Math.min(...model.values()));
      }
    }),
  );
});

test('parts with alarms of the same key do not share them, and no two parts share a name', () => {
  const { alarms, part, rung, set } = recorded();
  set('a', 10);
  alarms.for('other').drop('a');
  assert.equal(part.at('a'), 10);
  alarms.ring(10);
  assert.deepEqual(rung, ['a']);
  assert.throws(() => alarms.for('other'));
});
