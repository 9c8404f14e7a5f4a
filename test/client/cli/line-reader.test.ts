// Lines from chunks of any size, with bounded memory.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { LineCutter, readLines } from '../../../client/cli/line-reader.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

async function linesOf(chunks: Iterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(Readable.from(chunks, { objectMode: false }))) lines.push(line);
  return lines;
}

test('lines are whole however the bytes are cut', async () => {
  const bytes = Buffer.from('who\r\nsay bob é😀\n\nlast');
  for (let size = 1; size < bytes.length; size += 1) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) =>
      bytes.subarray(k * size, (k + 1) * size),
    );
    assert.deepEqual(await linesOf(chunks), ['who', 'say bob é😀', '', 'last']);
  }
});

test('[CTRL-10] an endless line is cut one letter past the bound, and the next line is whole', () => {
  const cutter = new LineCutter();
  for (let k = 0; k < 100; k += 1) assert.deepEqual(cutter.push('x'.repeat(1_000)), []);
  const [long, next] = cutter.push('\nwho\n');
  assert.equal(long?.length, LIMITS.commandLineBytes + 1);
  assert.equal(next, 'who');
});

test('a broken input counts as ended', async () => {
  const broken = new Readable({
    read() {
      this.push('who\n');
      this.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' }));
    },
  });
  const lines: string[] = [];
  for await (const line of readLines(broken)) lines.push(line);
  assert.ok(lines.length <= 1);
});
