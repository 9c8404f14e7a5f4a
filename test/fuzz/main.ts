// `npm run fuzz -- --seconds 600`: hostile input at every port for any time. Exits with 1 if a process failed or leaked
// memory.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { campaign, hasReturned, type CampaignReport } from './campaign.js';
import { closeFuzzTestbed, openFuzzTestbed } from './fuzz-testbed.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: '1' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
if (!(seconds >= 10 && Number.isInteger(seed))) {
  console.error('Type: npm run fuzz -- [--seconds N, at least 10] [--seed S]');
  process.exit(1);
}

const warmUpSeconds = Math.min(60, Math.ceil(seconds / 4));
const fuzz = await openFuzzTestbed();
try {
  const onSecond = (attacks: number): void => void process.stderr.write(`\r${attacks} attacks `);
  const report = await campaign(fuzz, {
    seed,
    warmUpSeconds,
    seconds: seconds - warmUpSeconds,
    slackMib: 0,
    onSecond,
  });
  process.stderr.write('\n');
  process.exitCode = show(report);
} finally {
  await closeFuzzTestbed(fuzz);
}

/** Prints the counts; gives the exit code, 0 if memory did not grow. A crash would have ended the program before. */
function show({ attacks, server, alice }: CampaignReport): number {
  for (const [name, { made, reached }] of Object.entries(attacks)) {
    console.log(`${name.padEnd(20)}${String(made).padStart(8)} attacks, ${reached} reached their target`);
  }
  const held = { 'the name server': server, alice };
  for (const [who, { before, after }] of Object.entries(held)) console.log(`${who}: ${before} MiB, then ${after} MiB`);
  return Object.values(held).every(hasReturned) ? 0 : 1;
}
