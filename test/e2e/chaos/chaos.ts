// Two friends talk both ways while the name server, one of them or the other is killed with -9 and started again,
// over and over.

import { Random } from '../../sim/kernel/random.js';
import { befriend, type Stage } from '../stage/stage.js';
import { Talker } from './talker.js';
import { judge, type Verdict } from './verdict.js';

export const VICTIMS = ['the name server', 'alice', 'bob'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface ChaosOptions {
  /** Draws who is killed when, and how much is said in between. */
  readonly seed: number;
  readonly kills: number;
  /** Messages of each talker, over all; a few more or less. */
  readonly messages: number;
  readonly onKill?: (victim: Victim) => void;
}

export interface ChaosReport {
  readonly kills: Readonly<Record<Victim, number>>;
  readonly verdict: Verdict;
}

export async function chaos(stage: Stage, options: ChaosOptions): Promise<ChaosReport> {
  const talkers = { alice: new Talker(stage, 'alice', 'bob'), bob: new Talker(stage, 'bob', 'alice') };
  const { alice, bob } = talkers;
  const clients = await Promise.all([alice.start(), bob.start()]);
  await Promise.all(clients.map((client) => client.hears('connection', { state: 'online' })));
  await befriend(...clients);
  const kills: Record<Victim, number> = { 'the name server': 0, alice: 0, bob: 0 };
  for (const { victim, isCalm, amidst, after, each } of planOf(options)) {
    if (isCalm) await Promise.all([alice.reach(bob), bob.reach(alice)]);
    const crash = async (): Promise<void> => {
      await talkers[amidst].say(after);
      await killAndRevive(victim, stage, talkers);
    };
    await Promise.all([alice.say(each), bob.say(each), crash()]);
    kills[victim] += 1;
    options.onKill?.(victim);
  }
  await Promise.all([alice.finish(bob), bob.finish(alice)]);
  return { kills, verdict: await judge(alice, bob) };
}

/** Both talkers say `each` texts; after `after` more of the one named by `amidst`, the victim is killed. */
interface Crash {
  readonly victim: Victim;
  /** True: it comes while words flow over a link. False: while they still pick up the pieces of the crash before. */
  readonly isCalm: boolean;
  readonly amidst: 'alice' | 'bob';
  readonly after: number;
  readonly each: number;
}

function planOf({ seed, kills, messages }: ChaosOptions): Crash[] {
  const random = new Random(seed, 'chaos');
  const each = Math.ceil(messages / kills);
  return Array.from({ length: kills }, (_, k) => {
    const victim = VICTIMS[k % VICTIMS.length] ?? 'alice';
    // Of two friends, the one who hears dies while the other's words are on their way to it.
    const amidst = victim === 'alice' ? 'bob' : victim === 'bob' ? 'alice' : random.pick(['alice', 'bob'] as const);
    return { victim, amidst, isCalm: random.chance(0.7), after: random.whole(0, Math.ceil(each / 2)), each };
  });
}

async function killAndRevive(victim: Victim, stage: Stage, talkers: Record<'alice' | 'bob', Talker>): Promise<void> {
  if (victim === 'the name server') {
    await stage.server.kill();
    return stage.server.revive();
  }
  await talkers[victim].kill();
  await talkers[victim].start();
}
