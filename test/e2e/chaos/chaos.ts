// Two friends send messages both ways while the name server and both clients are killed with -9 and restarted again and
// again.

import { Random } from '../../sim/kernel/random.js';
import { befriend, type Testbed } from '../testbed/testbed.js';
import { MessageSender } from './message-sender.js';
import { compareHistories, type HistoryReport } from './history-report.js';

export const KILL_TARGETS = ['the name server', 'alice', 'bob'] as const;
export type KillTarget = (typeof KILL_TARGETS)[number];

export interface ChaosOptions {
  /** Determines which process is killed when, and the number of messages between kills. */
  readonly seed: number;
  readonly kills: number;
  /** Approximate total number of messages of each sender. */
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

/** Both send `each` messages; after `after` further messages of the sender `during`, the target is killed. */
interface PlannedKill {
  readonly target: KillTarget;
  /** True: the kill happens over an established link. False: possibly during the recovery from the previous kill. */
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
    // The receiver is killed while messages of the other client are in flight.
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
