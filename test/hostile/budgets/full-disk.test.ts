// The disk of a name server is full to the last byte: it starts, refuses what is new, and goes on reading and deleting.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { temporaryDirectory } from '../../nameserver/test-server.js';

const SCENARIO = fileURLToPath(new URL('./full-disk-scenario.js', import.meta.url));
const MOUNT = 'mount -t tmpfs -o size=32m tmpfs "$1"';

/** A disk that only one process sees needs a namespace of mounts (Linux). */
const mayMount = spawnSync('unshare', ['-Urm', 'sh', '-c', MOUNT, 'sh', '/mnt']).status === 0;
const skip = mayMount ? false : 'this host does not let a test mount a disk';

test('[LOAD-11] a name server works on a full disk, and accepts new names when there is room again', { skip }, (t) => {
  const disk = temporaryDirectory(t);
  const script = `${MOUNT} && exec "$2" "$3" "$1"`;
  const out = execFileSync('unshare', ['-Urm', 'sh', '-c', script, 'sh', disk, process.execPath, SCENARIO]);
  assert.deepEqual(JSON.parse(String(out)), [
    'with room: held',
    'it starts',
    'new name: 507',
    'look-up: 200',
    'letter: SERVER_FULL',
    'delivery: deliver',
    'unregistering: 200',
    'new name after that: 201',
  ]);
});
