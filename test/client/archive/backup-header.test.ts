// The header of a backup comes back as written, and cannot demand too much memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKUP_MAGIC, headerBytes, HEADER_BYTES, readHeader } from '../../../client/archive/backup-header.js';
import { BackupError } from '../../../client/archive/backup-error.js';

const salt = Uint8Array.from({ length: 16 }, (_, at) => at);
const check = Uint8Array.from({ length: 16 }, (_, at) => 255 - at);

type Cost = [costLog2: number, blocks: number, lanes: number];

function withCost(costLog2: number, blocks: number, lanes: number): Uint8Array {
  return headerBytes({ cost: { costLog2, blocks, lanes }, salt, check }, BACKUP_MAGIC);
}

test('a header comes back as it was written', () => {
  const bytes = withCost(17, 8, 1);
  assert.equal(bytes.length, HEADER_BYTES);
  assert.deepEqual(readHeader(bytes, BACKUP_MAGIC), { cost: { costLog2: 17, blocks: 8, lanes: 1 }, salt, check });
});

test('a header with too high or too low a cost is refused', () => {
  const costs: readonly Cost[] = [
    [18, 8, 1],
    [17, 8, 4],
    [10, 1, 1],
  ];
  for (const cost of costs) assert.ok(readHeader(withCost(...cost), BACKUP_MAGIC), cost.join());
  const unacceptable: readonly Cost[] = [
    [19, 8, 1],
    [18, 9, 1],
    [255, 255, 255],
    [30, 1, 1],
    [17, 8, 5],
    [17, 8, 0],
    [17, 0, 1],
    [9, 8, 1],
    [0, 8, 1],
  ];
  const isUnknown = (error: unknown): boolean => error instanceof BackupError && error.code === 'BACKUP_UNKNOWN';
  for (const cost of unacceptable)
    assert.throws(() => readHeader(withCost(...cost), BACKUP_MAGIC), isUnknown, cost.join());
});
