// `npm run sim:mutants`: shows for each planted fault the seed that catches it. Exit 1 if one gets away.

import { parseArgs } from 'node:util';
import { GROUP_MUTANTS, huntInGroups } from '../groups/group-mutants.js';
import { hunt, MUTANTS } from './hunt.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string', default: '1' } },
});

const [from, seeds] = [Number(values.from), Number(values.seeds)];
for (const mutant of MUTANTS) tell(mutant.fault, hunt(mutant, from, seeds));
for (const mutant of GROUP_MUTANTS) tell(mutant.fault, huntInGroups(mutant, from, seeds));

function tell(fault: string, caught: { seed: number; violation: string } | null): void {
  if (!caught) process.exitCode = 1;
  console.log(caught ? `caught at seed ${caught.seed}: ${fault}\n    ${caught.violation}` : `GOT AWAY: ${fault}`);
}
