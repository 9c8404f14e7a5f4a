// `npm run sim:mutants [-- --world chat|servers|rooms|groups|channels]`: prints the seed that catches each planted
// fault. Exits with 1 if a fault is not caught.

import { parseArgs } from 'node:util';
import { CHANNEL_MUTANTS, catchChannelMutant } from '../channels/channel-mutants.js';
import { GROUP_MUTANTS, catchGroupMutant } from '../groups/group-mutants.js';
import { catchRoomMutant, ROOM_MUTANTS } from '../rooms/room-mutants.js';
import { catchServersMutant, SERVERS_MUTANTS } from '../servers/servers-mutants.js';
import { catchMutant, MUTANTS } from './catch-mutant.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    world: { type: 'string', default: '' },
  },
});
const [from, seeds] = [Number(values.from), Number(values.seeds)];

const isWanted = (world: string): boolean => values.world === '' || values.world === world;

if (isWanted('chat')) for (const mutant of MUTANTS) say(mutant.fault, catchMutant(mutant, from, seeds));
if (isWanted('servers'))
  for (const mutant of SERVERS_MUTANTS) say(mutant.fault, catchServersMutant(mutant, from, seeds));
if (isWanted('rooms')) for (const mutant of ROOM_MUTANTS) say(mutant.fault, catchRoomMutant(mutant, from, seeds));
if (isWanted('groups')) for (const mutant of GROUP_MUTANTS) say(mutant.fault, catchGroupMutant(mutant, from, seeds));
if (isWanted('channels'))
  for (const mutant of CHANNEL_MUTANTS) say(mutant.fault, catchChannelMutant(mutant, from, seeds));

function say(fault: string, caught: { seed: number; violation: string } | null): void {
  if (!caught) process.exitCode = 1;
  console.log(caught ? `caught at seed ${caught.seed}: ${fault}\n    ${caught.violation}` : `NOT CAUGHT: ${fault}`);
}
