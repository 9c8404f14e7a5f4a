// The program `npm run chaos:rooms`: clusters of real processes in all kinds of trouble. Exit 1 where a promise broke.

import { crashTrial, hostileTrial, lossyTrial, partitionTrial, standstillTrial, type TrialOutcome } from './trials.js';

const TRIALS: readonly (readonly [title: string, run: () => Promise<TrialOutcome>])[] = [
  ['total, 10 % lost, 5 % doubled, reordered', () => lossyTrial('total', 10_000)],
  ['fifo, the same', () => lossyTrial('fifo', 5_000)],
  ['unordered, the same', () => lossyTrial('unordered', 5_000)],
  ['kill -9 of one of five under load', () => crashTrial(5, 50)],
  ['SIGSTOP of one of five for 5 s', () => standstillTrial(5_000)],
  ['three parted from two for 5 s', () => partitionTrial(5_000)],
  ['20 s of hostile datagrams, sealed', () => hostileTrial(20_000, true)],
  ['20 s of hostile datagrams, no key', () => hostileTrial(20_000, false)],
];

for (const [title, run] of TRIALS) {
  const { complaints, saw } = await run();
  process.stdout.write(`${complaints.length === 0 ? 'holds' : 'BROKE'}  ${title.padEnd(42)} ${saw}\n`);
  for (const complaint of complaints.slice(0, 5)) process.stdout.write(`       ${complaint}\n`);
  if (complaints.length > 0) process.exitCode = 1;
}
