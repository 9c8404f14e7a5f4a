// What machines are made of: the earlier of two wakes, the inline driver, and promises that end the program when
// broken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as promise, earlier, InlineDriver, type Machine } from '../../../protocols/kit/machine.js';

test('the earlier of two wakes, where null is never', () => {
  assert.equal(earlier(null, null), null);
  assert.equal(earlier(null, 0), 0);
  assert.equal(earlier(5, null), 5);
  assert.equal(earlier(5, 3), 3);
});

test('a broken promise throws and says which', () => {
  promise(true, 'kept');
  assert.throws(() => promise(false, 'counters rise'), /counters rise/);
});

/** Answers each input with two effects, and wants to wake 10 ms after the last one. */
class TwoEffects implements Machine<string, string> {
  private wake: number | null = null;

  handle(input: string, now: number): string[] {
    this.wake = input === 'rest' ? null : now + 10;
    return [`${input} 1`, `${input} 2`];
  }

  wakeAt(): number | null {
    return this.wake;
  }
}

function driven(onEffect: (effect: string, put: (input: string) => void) => void) {
  const performed: string[] = [];
  const alarms: (number | null)[] = [];
  let ring = (): void => undefined;
  const driver = new InlineDriver<string, string>({
    machine: new TwoEffects(),
    now: () => 100,
    wakeInput: 'wake',
    perform: (effect) => {
      performed.push(effect);
      onEffect(effect, (input) => driver.put(input));
    },
    setAlarm: (at, wake) => {
      alarms.push(at);
      ring = wake;
    },
  });
  return { driver, performed, alarms, ring: () => ring() };
}

test('an input that an effect puts waits for the other effects, and the alarm is set once', () => {
  const { driver, performed, alarms } = driven((effect, put) => {
    if (effect === 'a 1') put('b');
  });
  driver.put('a');
  assert.deepEqual(performed, ['a 1', 'a 2', 'b 1', 'b 2']);
  assert.deepEqual(alarms, [110]);
});

test('the alarm wakes the machine, and null takes it away', () => {
  const { driver, performed, alarms, ring } = driven(() => undefined);
  driver.put('a');
  ring();
  driver.put('rest');
  assert.deepEqual(performed, ['a 1', 'a 2', 'wake 1', 'wake 2', 'rest 1', 'rest 2']);
  assert.deepEqual(alarms, [110, 110, null]);
});

test('after an effect that throws, the next input is handled', () => {
  const { driver, performed } = driven((effect) => {
    if (effect === 'a 1') throw new Error('broken');
  });
  assert.throws(() => driver.put('a'), /broken/);
  driver.put('b');
  assert.deepEqual(performed, ['a 1', 'b 1', 'b 2']);
});
