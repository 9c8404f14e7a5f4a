// Days are those of the reader's calendar; durations are in the largest unit that fits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockTime, dayName, duration } from '../../../web/state/format.js';

const region = { clock: 'en-GB', zone: 'Europe/Berlin' };

test('a duration is rounded before its unit is chosen', () => {
  const said = [400, 59_400, 59_600, 90_000, 3_599_600, 5_400_000, 86_399_900, 200_000_000].map(duration);
  const [second, seconds, minute, minutes, hour, hours, day, days] = said;
  assert.deepEqual([second, seconds, minute, minutes], ['1 second', '59 seconds', '1 minute', '2 minutes']);
  assert.deepEqual([hour, hours, day, days], ['1 hour', '2 hours', '1 day', '2 days']);
});

test('yesterday is the previous calendar day, even if a day has 23 or 25 hours', () => {
  const autumn = Date.UTC(2027, 9, 31, 22, 45); // 23:45 on the day with 25 hours
  assert.equal(dayName(Date.UTC(2027, 9, 30, 12), autumn, region), 'Yesterday');
  assert.equal(dayName(Date.UTC(2027, 9, 30, 22, 30), autumn, region), 'Today'); // 0:30 of that day
  const spring = Date.UTC(2027, 2, 28, 22, 30); // 0:30 on the day after the one with 23 hours
  assert.equal(dayName(Date.UTC(2027, 2, 28, 12), spring, region), 'Yesterday');
  assert.equal(dayName(Date.UTC(2027, 2, 27, 12), spring, region), 'Saturday 27 March');
});

test('times use the clock format of the reader', () => {
  const at = Date.UTC(2027, 0, 15, 13, 7);
  assert.equal(clockTime(at, region), '14:07');
  assert.match(clockTime(at, { ...region, clock: 'en-US' }), /^0?2:07/);
});
