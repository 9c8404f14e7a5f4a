// `npm run sim:mutants`: shows for each planted fault the seed that catches it. Exit 1 if one gets away.

import { parseArgs } from 'node:util';
import { hunt, MUTANTS } from './hunt.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string', default: '1' } },
});

for (const mutant of MUTANTS) {
  const caught = hunt(mutant, Number(values.from), Number(values.seeds));
  if (!caught) process.exitCode = 1;
  const { fault } = mutant;
  console.log(caught ? `caught at seed ${caught.seed}: ${fault}\n    ${caught.violation}` : `GOT AWAY: ${fault}`);
}
