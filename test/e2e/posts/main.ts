// `npm run posts:kills`: thirty kill -9 of either side at random points of a 1 GiB transfer. Exits with 1 if the file
// differs or bytes on disk were lost.

import { parseArgs } from 'node:util';
import { clock } from '../../../runtime/sources.js';
import { Testbed } from '../testbed/testbed.js';
import { killTransfers } from './kills.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    mib: { type: 'string', default: '1024' },
    seed: { type: 'string', default: '1' },
  },
});

const testbed = await Testbed.open();
try {
  const startedAt = clock.now();
  const plan = { seed: Number(values.seed), kills: Number(values.kills), bytes: Number(values.mib) * 1_048_576 };
  const { kills, source, targets, lostBytesMax, resentBytesMax: againBytesMax } = await killTransfers(testbed, plan);
  const isWhole = targets.every((target) => target === source);
  console.log(`${kills.alice} kills of the author, ${kills.bob} of the reader, in ${targets.length} transfers`);
  console.log(`written and lost at a kill, at most: ${lostBytesMax} bytes`);
  console.log(`sent and not on the reader's disk at a kill, at most: ${againBytesMax} bytes`);
  console.log(isWhole ? 'the hashes are equal' : 'THE HASHES DIFFER');
  console.log(`${((clock.now() - startedAt) / 1_000).toFixed(1)} s`);
  if (!isWhole || lostBytesMax > 0) process.exitCode = 1;
} finally {
  await testbed.close();
}
