// kill -9 of either side while a file is fetched: each time it starts again, and the download goes on where it was.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Answers } from '../../../protocols/control/answer.js';
import { Random } from '../../sim/kernel/random.js';
import type { JsonClient } from '../stage/json-client.js';
import type { Stage } from '../stage/stage.js';
import { hashOf, makeSparse } from './files.js';

export interface KillPlan {
  readonly seed: number;
  readonly kills: number;
  readonly bytes: number;
}

export interface KillVerdict {
  readonly kills: { alice: number; bob: number };
  /** How much less was on bob's disk after a kill than before it, at most. */
  readonly lostBytesMax: number;
  /** How much alice had sent that was not on bob's disk when he was killed, at most: the host's buffers included. */
  readonly againBytesMax: number;
  readonly hashes: readonly [source: string, target: string];
}

/** A kill comes so long after bytes have begun to come, at most. */
const LATEST_MS = 120;
const BOUND_MS = 120_000;

export async function killTransfers(stage: Stage, plan: KillPlan): Promise<KillVerdict> {
  const [source, target] = [join(stage.directory, 'film'), join(stage.directory, 'film.got')];
  makeSparse(source, plan.bytes, `film ${plan.seed}`);
  const [alice, bob] = await stage.friends('alice', 'bob');
  const { post } = await alice.does<Answers['post_upload']>(`post upload ${source}`);
  await bob.hears('post', { post });
  bob.tell(`post get alice ${post} --to ${target}`).catch(() => undefined); // he is killed before it is answered
  const verdict = await new Killer(stage, plan, { alice, bob }, post).run();
  return { ...verdict, hashes: [await hashOf(source), await hashOf(target)] };
}

class Killer {
  private readonly random: Random;
  private readonly part: string;
  private readonly kills = { alice: 0, bob: 0 };
  private lostBytesMax = 0;
  private againBytesMax = 0;

  constructor(
    private readonly stage: Stage,
    private readonly plan: KillPlan,
    private readonly clients: { alice: JsonClient; bob: JsonClient },
    private readonly post: string,
  ) {
    this.random = new Random(plan.seed, 'kills');
    this.part = join(stage.dataOf('bob'), 'posts', 'parts', `alice-${post}.part`);
  }

  async run(): Promise<Omit<KillVerdict, 'hashes'>> {
    for (let kills = 0; kills < this.plan.kills; kills += 1) {
      const from = await this.goesOn();
      await new Promise((settle) => setTimeout(settle, this.random.between(0, LATEST_MS)));
      if (sizeOf(this.part) === 0) break; // it has become whole
      await this.kill(this.random.chance(0.5) ? 'alice' : 'bob', from);
    }
    await this.clients.bob.hears('post_done', { post: this.post }, BOUND_MS);
    const { kills, lostBytesMax, againBytesMax } = this;
    return { kills, lostBytesMax, againBytesMax };
  }

  /** Comes back when bytes are coming: what alice has sent by then, and what is on bob's disk. */
  private async goesOn(): Promise<{ sent: number; has: number }> {
    await this.clients.bob.hears('progress', { post: this.post }, BOUND_MS);
    return { sent: sentBy(this.clients.alice), has: sizeOf(this.part) };
  }

  private async kill(who: 'alice' | 'bob', from: { sent: number; has: number }): Promise<void> {
    this.kills[who] += 1;
    const killed = this.clients[who].kill();
    const sent = sentBy(this.clients.alice) - from.sent;
    await killed;
    const has = sizeOf(this.part);
    if (who === 'bob') this.againBytesMax = Math.max(this.againBytesMax, sent - (has - from.has));
    const other = await this.stage.online(who);
    this.clients[who] = other;
    this.lostBytesMax = Math.max(this.lostBytesMax, has - Math.max(sizeOf(this.part), this.isWhole() ? has : 0));
  }

  private isWhole(): boolean {
    return sizeOf(this.part) === 0;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What a process has handed to the host to write, sockets included. */
function sentBy(client: JsonClient): number {
  const [, written] = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${client.program.pid}/io`, 'utf8')) ?? [];
  return Number(written);
}
