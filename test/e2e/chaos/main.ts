// `npm run chaos -- --kills 200`: the crash test with any number of kills; prints the counts. Exits with 1 if a message
// was lost, duplicated or reordered.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { Testbed } from '../testbed/testbed.js';
import { chaos, type ChaosReport } from './chaos.js';

const MESSAGES_PER_KILL = 30;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '60' },
    messages: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const kills = Number(values.kills);
const messages = Number(values.messages ?? kills * MESSAGES_PER_KILL);
const seed = Number(values.seed);
if (!(kills > 0 && messages > 0 && Number.isInteger(seed))) {
  console.error('Type: npm run chaos -- [--kills N] [--messages N] [--seed S]');
  process.exit(1);
}

const testbed = await Testbed.open();
try {
  let done = 0;
  const onKill = (): void => void process.stderr.write(`\r${(done += 1)} of ${kills} kills`);
  const report = await chaos(testbed, { seed, kills, messages, onKill });
  process.stderr.write('\r');
  process.exitCode = show(report);
} finally {
  await testbed.close();
}

/** Prints the report; gives the exit code. */
function show({ kills: killed, histories }: ChaosReport): number {
  const rows = [
    ...Object.entries(killed).map(([target, count]) => [`kills of ${target}`, count] as const),
    ...Object.entries(histories),
  ];
  for (const [what, count] of rows) console.log(`${what.padEnd(26)}${String(count).padStart(8)}`);
  return histories.lost + histories.duplicated + histories.misordered + histories.differing === 0 ? 0 : 1;
}
