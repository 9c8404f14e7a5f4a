// Room on the disk is asked for before it is used.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustHaveRoom } from '../../../runtime/disk/room.js';
import { Trouble } from '../../../runtime/trouble.js';
import { temporaryDirectory } from './temporary.js';

test('[POST-27] a little fits, more than any disk has does not', async (t) => {
  const folder = temporaryDirectory(t);
  await mustHaveRoom(folder, 1);
  await assert.rejects(
    mustHaveRoom(folder, 1e18),
    (error) => error instanceof Trouble && /no room for/.test(error.message),
  );
});
