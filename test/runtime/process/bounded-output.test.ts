// Output whose reader has stopped.

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { boundedOutput } from '../../../runtime/process/bounded-output.js';

test('output that is not read is bounded, and its program is told once', () => {
  const stuck = new Writable({ write: () => undefined });
  const told: string[] = [];
  const write = boundedOutput(stuck, (line) => void told.push(line));
  for (let k = 0; k < 100; k += 1) write('x'.repeat(1_000_000));
  assert.equal(told.length, 1);
  assert.ok(stuck.writableLength <= LIMITS.outputWaitingBytes + 1_000_001);
});
