// `npm run chaos:rooms`: injects faults into clusters of real processes. Exits with 1 if a guarantee was broken.

import {
  crashScenario,
  attackScenario,
  lossScenario,
  partitionScenario,
  pauseScenario,
  type ScenarioResult,
} from './scenarios.js';

const TRIALS: readonly (readonly [title: string, run: () => Promise<ScenarioResult>])[] = [
  ['total, 10 % lost, 5 % doubled, reordered', () => lossScenario('total', 10_000)],
  ['fifo, the same', () => lossScenario('fifo', 5_000)],
  ['unordered, the same', () => lossScenario('unordered', 5_000)],
  ['kill -9 of one of five under load', () => crashScenario(5, 50)],
  ['SIGSTOP of one of five for 5 s', () => pauseScenario(5_000)],
  ['three parted from two for 5 s', () => partitionScenario(5_000)],
  ['20 s of hostile datagrams, sealed', () => attackScenario(20_000, true)],
  ['20 s of hostile datagrams, no key', () => attackScenario(20_000, false)],
];

for (const [title, run] of TRIALS) {
  const { violations, summary: saw } = await run();
  process.stdout.write(`${violations.length === 0 ? 'holds' : 'BROKE'}  ${title.padEnd(42)} ${saw}\n`);
  for (const violation of violations.slice(0, 5)) process.stdout.write(`       ${violation}\n`);
  if (violations.length > 0) process.exitCode = 1;
}
