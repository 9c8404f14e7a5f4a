// What doing nothing costs: processor time of a name server and of two linked clients, beside a process with one open
// socket.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child.js';
import { printRow, printTitle } from './report.js';
import { withScratch } from './scratch.js';

const SECONDS = 30;
const SETTLING_MS = 40_000;
/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export async function benchIdle(): Promise<void> {
  printTitle(`Idle for ${SECONDS} s: share of one core`);
  await withScratch(async ({ server, directory, serverPid }) => {
    const bare = new Child('bare-peer');
    await bare.ask({ do: 'listen', bytes: 1, count: 1 });
    const alice = new Child('chat-peer', server, 'alice', join(directory, 'alice'));
    await alice.ask({ command: { type: 'online', acceptServer: false } });
    await pause(SETTLING_MS); // what starting left behind, and the engine tidies up later, is not idling
    const pids = { 'name server': serverPid, client: alice.pid, bare: bare.pid };
    const before = mapped(pids, ticks);
    await pause(SECONDS * 1_000);
    const after = mapped(pids, ticks);
    const percent = (name: string): number =>
      (((after[name] ?? 0) - (before[name] ?? 0)) / TICKS_PER_SECOND / SECONDS) * 100;
    for (const name of ['name server', 'client']) {
      printRow({
        what: name,
        ours: percent(name),
        unit: '%',
        baseline: 'bare TLS listener',
        theirs: percent('bare'),
        goal: '< 0.5 %',
      });
    }
    alice.end();
    bare.end();
  });
}

function mapped(of: Record<string, number>, f: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, f(value)]));
}

/** Processor time a process has used, user and system, in ticks (proc(5), fields 14 and 15 of stat). */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
