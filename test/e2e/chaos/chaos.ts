// Two friends talk both ways while the name server, one of them or the other is killed with -9 and started again,
// over and over.

import { Random } from '../../sim/kernel/random.js';
import { befriend, type Testbed } from '../testbed/testbed.js';
import { MessageSender } from './message-sender.js';
import { compareHistories, type HistoryReport } from './history-report.js';

export const KILL_TARGETS = ['the name server', 'alice', 'bob'] as const;
export type KillTarget = (typeof KILL_TARGETS)[number];

export interface ChaosOptions {
  /** Draws who is killed when, and how much is said in between. */
  readonly seed: number;
  readonly kills: number;
  /** Messages of each talker, over all; a few more or less. */
  readonly messages: number;
  readonly onKill?: (target: KillTarget) => void;
}

export interface ChaosReport {
  readonly kills: Readonly<Record<KillTarget, number>>;
  readonly histories: HistoryReport;
}

export async function chaos(testbed: Testbed, options: ChaosOptions): Promise<ChaosReport> {
  const senders = {
    alice: new MessageSender(testbed, 'alice', 'bob'),
    bob: new MessageSender(testbed, 'bob', 'alice'),
  };
  const { alice, bob } = senders;
  const clients = await Promise.all([alice.start(), bob.start()]);
  await Promise.all(clients.map((client) => client.hears('connection', { state: 'online' })));
  await befriend(...clients);
  const kills: Record<KillTarget, number> = { 'the name server': 0, alice: 0, bob: 0 };
  for (const { target, isCalm, during, after, each } of planOf(options)) {
    if (isCalm) await Promise.all([alice.sendAndWait(bob), bob.sendAndWait(alice)]);
    const crash = async (): Promise<void> => {
      await senders[during].say(after);
      await killAndRestart(target, testbed, senders);
    };
    await Promise.all([alice.say(each), bob.say(each), crash()]);
    kills[target] += 1;
    options.onKill?.(target);
  }
  await Promise.all([alice.finish(bob), bob.finish(alice)]);
  return { kills, histories: await compareHistories(alice, bob) };
}

/** Both talkers say `each` texts; after `after` more of the one named by `amidst`, the victim is killed. */
interface PlannedKill {
  readonly target: KillTarget;
  /** True: it comes while words flow over a link. False: while they still pick up the pieces of the crash before. */
  readonly isCalm: boolean;
  readonly during: 'alice' | 'bob';
  readonly after: number;
  readonly each: number;
}

function planOf({ seed, kills, messages }: ChaosOptions): PlannedKill[] {
  const random = new Random(seed, 'chaos');
  const each = Math.ceil(messages / kills);
  return Array.from({ length: kills }, (_, k) => {
    const target = KILL_TARGETS[k % KILL_TARGETS.length] ?? 'alice';
    // Of two friends, the one who hears dies while the other's words are on their way to it.
    const during = target === 'alice' ? 'bob' : target === 'bob' ? 'alice' : random.pick(['alice', 'bob'] as const);
    return { target, during, isCalm: random.chance(0.7), after: random.whole(0, Math.ceil(each / 2)), each };
  });
}

async function killAndRestart(
  target: KillTarget,
  testbed: Testbed,
  senders: Record<'alice' | 'bob', MessageSender>,
): Promise<void> {
  if (target === 'the name server') {
    await testbed.server.kill();
    return testbed.server.restart();
  }
  await senders[target].kill();
  await senders[target].start();
}
