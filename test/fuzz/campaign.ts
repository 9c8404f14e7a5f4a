// A campaign: all attackers strike at once for so many seconds; then everything must answer as before, and hold as
// much memory as before.

import { inspect } from 'node:util';
import { clock } from '../../runtime/sources.js';
import type { JsonClient } from '../e2e/stage/json-client.js';
import { Random } from '../sim/kernel/random.js';
import type { Attacker } from './attackers/attacker.js';
import { doorStrangerAttacker, peerAttacker, peerStrangerAttacker, visitorAttacker } from './attackers/channels.js';
import { datagramAttacker } from './attackers/datagrams.js';
import { hostAttacker } from './attackers/hosts.js';
import { letterAttacker } from './attackers/letters.js';
import { friendAttacker, strangerAttacker, tcpAttacker } from './attackers/links.js';
import { nameServerAttacker } from './attackers/name-servers.js';
import { postAttacker } from './attackers/posts.js';
import { greetingAttacker, sessionAttacker, webSocketAttacker } from './attackers/sessions.js';
import { webAttacker } from './attackers/web.js';
import type { Field } from './field.js';
import { residentMib, settledMib } from './resident-memory.js';

export interface CampaignOptions {
  readonly seed: number;
  /** Until memory is measured for the first time: by then all code has run and all caches are filled. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly onSecond?: (strikes: number) => void;
}

/** MiB; null where the system does not tell. */
export interface Memory {
  readonly before: number | null;
  readonly after: number | null;
}

export interface CampaignReport {
  /** By attacker: how often it struck, and how often it got as far as it meant to. */
  readonly strikes: Readonly<Record<string, { struck: number; reached: number }>>;
  readonly server: Memory;
  readonly alice: Memory;
}

const MAY_GROW = 1.2;
const WARM_STRIKES = 2_500;
const COLD_SECONDS_MAX = 20;

/** Rejects where a process ends or does not answer any more; the strikes so far are in the message. */
export async function campaign(field: Field, options: CampaignOptions): Promise<CampaignReport> {
  const front = await Front.open(field, options);
  try {
    await front.warmUp(options.warmUpSeconds);
    const [server, alice] = [field.stage.server.pid, field.alice.program.pid].map(residentMib);
    await front.fight(options.seconds);
    return {
      strikes: front.strikes,
      server: await memory(server ?? null, field.stage.server.pid, () => field.stage.server.get('/healthz')),
      alice: await memory(alice ?? null, field.alice.program.pid, () => field.alice.does('whoami')),
    };
  } finally {
    await front.close();
  }
}

async function memory(before: number | null, pid: number, lightWork: () => Promise<unknown>): Promise<Memory> {
  return { before, after: before === null ? null : await settledMib(pid, before * MAY_GROW, lightWork) };
}

class Front {
  readonly strikes: Record<string, { struck: number; reached: number }> = {};
  private constructor(
    private readonly field: Field,
    private readonly options: CampaignOptions,
    private readonly attackers: readonly Attacker[],
  ) {}

  static async open(field: Field, options: CampaignOptions): Promise<Front> {
    const atLinks = [tcpAttacker, strangerAttacker, friendAttacker, postAttacker, hostAttacker];
    const atClients = [...atLinks, datagramAttacker, letterAttacker];
    const atServer = [webAttacker, webSocketAttacker, greetingAttacker, sessionAttacker];
    const atChannels = [doorStrangerAttacker, visitorAttacker, peerStrangerAttacker, peerAttacker];
    const attackers = [...atClients, nameServerAttacker, ...atServer, ...atChannels].map(async (make) => make(field));
    return new Front(field, options, await Promise.all(attackers));
  }

  async fight(seconds: number): Promise<void> {
    const until = clock.now() + seconds * 1_000;
    const lanes = this.attackers.map((attacker) => this.lane(attacker, until));
    await Promise.all([...lanes, this.watch(until)]);
  }

  /** At least so many seconds, and on a busy machine as many more as it takes. */
  async warmUp(seconds: number): Promise<void> {
    await this.fight(seconds);
    for (let more = 0; more < COLD_SECONDS_MAX && this.count < WARM_STRIKES; more += 1) await this.fight(1);
  }

  /** Strikes so far. */
  private get count(): number {
    return Object.values(this.strikes).reduce((sum, { struck }) => sum + struck, 0);
  }

  async close(): Promise<void> {
    for (const attacker of this.attackers) await attacker.close?.();
  }

  /** One attacker, a strike after the other: a slow one holds up no other. */
  private async lane({ name, strike }: Attacker, until: number): Promise<void> {
    const tally = (this.strikes[name] ??= { struck: 0, reached: 0 });
    while (clock.now() < until) {
      tally.struck += 1;
      const hasReached = await strike(new Random(this.options.seed, `${name} ${tally.struck}`));
      if (hasReached) tally.reached += 1;
    }
  }

  /** Asks everybody, about once a second, whether they are still there. */
  private async watch(until: number): Promise<void> {
    let nextAt = clock.now();
    while (clock.now() < until) {
      await this.stillThere();
      this.options.onSecond?.(this.count);
      nextAt += 1_000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - clock.now())));
    }
  }

  private async stillThere(): Promise<void> {
    const { stage, alice, carol } = this.field;
    const ask = (client: JsonClient): Promise<unknown> => client.does('whoami');
    try {
      await within(Promise.all([ask(alice), ask(carol), stage.server.get('/healthz')]));
    } catch (trouble) {
      const why = inspect(trouble); // of a request that failed only its cause says how
      const faults = stage.server.faults.join('\n');
      throw new Error(`seed ${this.options.seed}: ${why}\n${faults}\n${JSON.stringify(this.strikes)}`);
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
