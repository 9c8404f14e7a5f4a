// Random bytes and altered frames at every port of real processes: no process crashes, and memory does not grow (G7).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import { campaign, hasReturned } from './campaign.js';
import { closeFuzzTestbed, openFuzzTestbed } from './fuzz-testbed.js';

test('[G7] hostile input at every port crashes no process and leaks no memory', async (t) => {
  const fuzz = await openFuzzTestbed();
  t.after(() => closeFuzzTestbed(fuzz));
  const { testbed, alice, carol } = fuzz;
  const before = await alice.does<Answers['say']>('say carol before the storm');
  await carol.hears('chat', { id: before.id });

  const { attacks, ...memory } = await campaign(fuzz, {
    seed: 20_261_120,
    warmUpSeconds: 6,
    seconds: 14,
    slackMib: HEAP_SLACK_MIB,
  });

  for (const [name, { reached }] of Object.entries(attacks)) assert.ok(reached > 0, `${name} never got in`);
  const after = await carol.does<Answers['say']>('say alice after it');
  await alice.hears('chat', { id: after.id });
  await alice.does('message carol and quickly');
  const { messages } = await alice.does<Answers['history']>('history carol');
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['before the storm', 'after it', 'and quickly'],
  );
  assert.deepEqual([...testbed.server.faults, ...alice.program.stderrLines, ...carol.program.stderrLines], []);
  for (const [who, held] of Object.entries(memory)) assert.ok(hasReturned(held), `${who}: ${JSON.stringify(held)}`);
});

/** Heap growth that is allowed after a short run; `npm run fuzz` allows only a fifth. */
const HEAP_SLACK_MIB = 64;
