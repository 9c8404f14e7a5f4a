// A campaign: all attackers strike at once for so many seconds; then everything must answer as before, and hold as
// much memory as before.

import { clock } from '../../runtime/sources.js';
import type { JsonClient } from '../e2e/stage/json-client.js';
import { Random } from '../sim/kernel/random.js';
import type { Attacker } from './attackers/attacker.js';
import { datagramAttacker } from './attackers/datagrams.js';
import { letterAttacker } from './attackers/letters.js';
import { friendAttacker, strangerAttacker, tcpAttacker } from './attackers/links.js';
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

/** Attacks under way at a time. */
const LANES = 6;
const MAY_GROW = 1.2;

/** Rejects where a process ends or does not answer any more; the strikes before are in the message. */
export async function campaign(field: Field, options: CampaignOptions): Promise<CampaignReport> {
  const front = new Front(field, options);
  try {
    await front.fight(options.warmUpSeconds);
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
  private readonly attackers: readonly Attacker[];
  private readonly recent: string[] = [];
  private count = 0;

  constructor(
    private readonly field: Field,
    private readonly options: CampaignOptions,
  ) {
    const makers = [tcpAttacker, strangerAttacker, friendAttacker, datagramAttacker, letterAttacker];
    const atServer = [webAttacker, webSocketAttacker, greetingAttacker, sessionAttacker];
    this.attackers = [...makers, ...atServer].map((make) => make(field));
    for (const { name } of this.attackers) this.strikes[name] = { struck: 0, reached: 0 };
  }

  async fight(seconds: number): Promise<void> {
    const until = clock.now() + seconds * 1_000;
    const lanes = Array.from({ length: LANES }, () => this.lane(until));
    await Promise.all([...lanes, this.watch(until)]);
  }

  async close(): Promise<void> {
    for (const attacker of this.attackers) await attacker.close?.();
  }

  private async lane(until: number): Promise<void> {
    while (clock.now() < until) {
      this.count += 1;
      const random = new Random(this.options.seed, `strike ${this.count}`);
      const attacker = random.pick(this.attackers);
      this.recent.push(`${attacker.name} (strike ${this.count})`);
      if (this.recent.length > 4 * LANES) this.recent.shift();
      const hasReached = await attacker.strike(random);
      const tally = this.strikes[attacker.name];
      if (tally) tally.struck += 1;
      if (tally && hasReached) tally.reached += 1;
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
      const why = trouble instanceof Error ? trouble.message : String(trouble);
      throw new Error(`seed ${this.options.seed}: ${why}\nthe strikes before: ${this.recent.join(', ')}`);
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
