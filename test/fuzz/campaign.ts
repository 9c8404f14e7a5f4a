// A fuzzing campaign: all attackers run in parallel for a time; afterwards all programs must answer and use as much
// memory as before.

import { inspect } from 'node:util';
import { clock } from '../../runtime/sources.js';
import type { JsonClient } from '../e2e/testbed/json-client.js';
import { Random } from '../sim/kernel/random.js';
import type { Attacker } from './attackers/attacker.js';
import {
  channelStrangerAttacker,
  peerAttacker,
  peerStrangerAttacker,
  channelClientAttacker,
} from './attackers/channels.js';
import { datagramAttacker } from './attackers/datagrams.js';
import { dialAttacker } from './attackers/dial-targets.js';
import { knockAttacker } from './attackers/knocks.js';
import { letterAttacker } from './attackers/letters.js';
import { friendAttacker, strangerAttacker, tcpAttacker } from './attackers/links.js';
import { nameServerAttacker } from './attackers/name-servers.js';
import { postAttacker } from './attackers/posts.js';
import { handshakeAttacker, sessionAttacker, webSocketAttacker } from './attackers/sessions.js';
import { webAttacker } from './attackers/web.js';
import type { FuzzTestbed } from './fuzz-testbed.js';
import { residentMib, settledMib } from './resident-memory.js';

export interface CampaignOptions {
  readonly seed: number;
  /** Time before the first memory measurement, for all code to run and all caches to fill. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Growth in MiB, besides a fifth, that is no leak: a short run measures the first state of the heap. */
  readonly slackMib: number;
  readonly onSecond?: (attacks: number) => void;
}

/** In MiB; null if the system does not report it. `allowed`: a process that stays above this leaks. */
export interface MemoryUse {
  readonly before: number | null;
  readonly after: number | null;
  readonly allowed: number;
}

export interface CampaignReport {
  /** By attacker: number of attacks, and of those that reached their target state. */
  readonly attacks: Readonly<Record<string, { made: number; reached: number }>>;
  readonly server: MemoryUse;
  readonly alice: MemoryUse;
}

const MAY_GROW = 1.2;
const WARM_UP_ATTACKS = 2_500;
const COLD_SECONDS_MAX = 20;

/** Rejects if a process exits or stops answering; the message has the counts of attacks. */
export async function campaign(fuzz: FuzzTestbed, options: CampaignOptions): Promise<CampaignReport> {
  const run = await AttackRun.open(fuzz, options);
  try {
    await run.warmUp(options.warmUpSeconds);
    const [server, alice] = [fuzz.testbed.server.pid, fuzz.alice.program.pid].map(residentMib);
    await run.runFor(options.seconds);
    const settled = (before: number | null | undefined, pid: number, lightWork: () => Promise<unknown>) =>
      memory(before ?? null, pid, lightWork, options.slackMib);
    return {
      attacks: run.attacks,
      server: await settled(server, fuzz.testbed.server.pid, () => fuzz.testbed.server.get('/healthz')),
      alice: await settled(alice, fuzz.alice.program.pid, () => fuzz.alice.does('whoami')),
    };
  } finally {
    await run.close();
  }
}

async function memory(
  before: number | null,
  pid: number,
  lightWork: () => Promise<unknown>,
  slackMib: number,
): Promise<MemoryUse> {
  const allowed = (before ?? 0) * MAY_GROW + slackMib;
  return { before, after: before === null ? null : await settledMib(pid, allowed, lightWork), allowed };
}

/** True unless the memory of the process stayed above what is allowed. */
export function hasReturned({ after, allowed }: MemoryUse): boolean {
  return after === null || after <= allowed;
}

class AttackRun {
  readonly attacks: Record<string, { made: number; reached: number }> = {};
  private constructor(
    private readonly fuzz: FuzzTestbed,
    private readonly options: CampaignOptions,
    private readonly attackers: readonly Attacker[],
  ) {}

  static async open(fuzz: FuzzTestbed, options: CampaignOptions): Promise<AttackRun> {
    const atLinks = [tcpAttacker, strangerAttacker, knockAttacker, friendAttacker, postAttacker, dialAttacker];
    const atClients = [...atLinks, datagramAttacker, letterAttacker];
    const atServer = [webAttacker, webSocketAttacker, handshakeAttacker, sessionAttacker];
    const atChannels = [channelStrangerAttacker, channelClientAttacker, peerStrangerAttacker, peerAttacker];
    const attackers = [...atClients, nameServerAttacker, ...atServer, ...atChannels].map(async (make) => make(fuzz));
    return new AttackRun(fuzz, options, await Promise.all(attackers));
  }

  async runFor(seconds: number): Promise<void> {
    const until = clock.now() + seconds * 1_000;
    const lanes = this.attackers.map((attacker) => this.repeat(attacker, until));
    await Promise.all([...lanes, this.watch(until)]);
  }

  /** Runs at least this long, and on a busy machine until enough attacks were made. */
  async warmUp(seconds: number): Promise<void> {
    await this.runFor(seconds);
    for (let more = 0; more < COLD_SECONDS_MAX && this.count < WARM_UP_ATTACKS; more += 1) await this.runFor(1);
  }

  /** Number of attacks so far. */
  private get count(): number {
    return Object.values(this.attacks).reduce((sum, { made }) => sum + made, 0);
  }

  async close(): Promise<void> {
    for (const attacker of this.attackers) await attacker.close?.();
  }

  /** Runs the attacks of one attacker one after the other, independently of the other attackers. */
  private async repeat({ name, attack }: Attacker, until: number): Promise<void> {
    const tally = (this.attacks[name] ??= { made: 0, reached: 0 });
    while (clock.now() < until) {
      tally.made += 1;
      const hasReached = await attack(new Random(this.options.seed, `${name} ${tally.made}`));
      if (hasReached) tally.reached += 1;
    }
  }

  /** Checks about once a second that all programs answer. */
  private async watch(until: number): Promise<void> {
    let nextAt = clock.now();
    while (clock.now() < until) {
      await this.checkAlive();
      this.options.onSecond?.(this.count);
      nextAt += 1_000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - clock.now())));
    }
  }

  private async checkAlive(): Promise<void> {
    const { testbed, alice, carol } = this.fuzz;
    const ask = (client: JsonClient): Promise<unknown> => client.does('whoami');
    try {
      await within(Promise.all([ask(alice), ask(carol), testbed.server.get('/healthz')]));
    } catch (trouble) {
      const why = inspect(trouble); // includes the cause of a failed request
      const faults = testbed.server.faults.join('\n');
      throw new Error(`seed ${this.options.seed}: ${why}\n${faults}\n${JSON.stringify(this.attacks)}`);
    }
  }
}

const ANSWER_MS = 20_000;

function within<T>(answer: Promise<T>): Promise<T> {
  let bound: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    bound = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(bound));
}
