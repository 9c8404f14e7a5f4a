// The simulated disk: what is rolled back is in no copy, a copy gives the same store again, and a full disk takes
// nothing.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Disk } from './hosts/disk.js';
import { ProcessCrash } from './hosts/incarnation.js';

/** One turn that keeps a setting. */
function keep(disk: Disk, name: string, value: string): void {
  disk.store.transaction(() => disk.store.putSetting(name, value));
}

test('a copy put back is the store as it was, and goes on from there', () => {
  const disk = new Disk();
  disk.store.raiseBoot();
  keep(disk, 'a', '1');
  const copy = disk.copy();
  keep(disk, 'a', '2');
  disk.store.raiseBoot();
  disk.putBack(copy);
  assert.equal(disk.store.setting('a'), '1');
  assert.equal(disk.store.raiseBoot(), 2);
});

test('what a failed turn did is in no copy', () => {
  const disk = new Disk();
  const failing = () =>
    disk.store.transaction(() => {
      disk.store.putSetting('a', '1');
      throw new Error('stop');
    });
  assert.throws(failing, /stop/);
  keep(disk, 'b', '1');
  disk.putBack(disk.copy());
  assert.deepEqual([disk.store.setting('a'), disk.store.setting('b')], [null, '1']);
});

test('a full disk is read as before, and a turn that writes ends the life with nothing kept', () => {
  const disk = new Disk();
  keep(disk, 'a', '1');
  disk.isFull = true;
  assert.equal(
    disk.store.transaction(() => disk.store.setting('a')),
    '1',
  );
  assert.throws(() => keep(disk, 'a', '2'), ProcessCrash);
  assert.equal(disk.store.setting('a'), '1');
  disk.isFull = false;
  keep(disk, 'a', '3');
  assert.equal(disk.store.setting('a'), '3');
});
