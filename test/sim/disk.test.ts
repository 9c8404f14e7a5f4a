// The simulated disk: a copy restores the same store, a copy has no rolled-back change, and a full disk rejects writes.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Disk } from './hosts/disk.js';
import { ProcessCrash } from './hosts/incarnation.js';

/** One turn that writes a setting. */
function keep(disk: Disk, name: string, value: string): void {
  disk.store.transaction(() => disk.store.putSetting(name, value));
}

test('a restored copy has the store of its time and can be changed further', () => {
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

test('a copy has no change of a failed turn', () => {
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

test('a full disk can be read, and a turn that writes crashes the process without a change', () => {
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
