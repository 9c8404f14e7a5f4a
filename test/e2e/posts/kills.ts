// kill -9 of either side while a file is fetched: each time it starts again, and the download goes on where it was.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Answers } from '../../../protocols/control/answer.js';
import { Random } from '../../sim/kernel/random.js';
import type { JsonClient } from '../testbed/json-client.js';
import type { Testbed } from '../testbed/testbed.js';
import { fileHash, makeSparse } from './files.js';

export interface KillPlan {
  readonly seed: number;
  readonly kills: number;
  readonly bytes: number;
}

export interface KillReport {
  readonly kills: { alice: number; bob: number };
  /** How much less was on bob's disk after a kill than before it, at most. */
  readonly lostBytesMax: number;
  /** How much alice had sent that was not on bob's disk when he was killed, at most: the host's buffers included. */
  readonly resentBytesMax: number;
  /** Hashes of what was sent, and of what came each time. */
  readonly source: string;
  readonly targets: readonly string[];
}

/** A kill comes so long after bytes have begun to come, at most. */
const LATEST_MS = 120;
const BOUND_MS = 120_000;

export async function killTransfers(testbed: Testbed, plan: KillPlan): Promise<KillReport> {
  const [source, target] = [join(testbed.directory, 'film'), join(testbed.directory, 'film.got')];
  makeSparse(source, plan.bytes, `film ${plan.seed}`);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const { post } = await alice.does<Answers['post_upload']>(`post upload ${source}`);
  await bob.hears('post', { post });
  const killer = new TransferKiller(testbed, plan, { alice, bob }, post);
  const hashes: string[] = [];
  while (killer.isUnfinished) {
    await killer.round(target);
    hashes.push(await fileHash(target));
  }
  const { kills, lostBytesMax, againBytesMax } = killer;
  return { kills, lostBytesMax, resentBytesMax: againBytesMax, source: await fileHash(source), targets: hashes };
}

class TransferKiller {
  readonly kills = { alice: 0, bob: 0 };
  lostBytesMax = 0;
  againBytesMax = 0;
  private readonly random: Random;
  private readonly part: string;
  private target = '';

  constructor(
    private readonly testbed: Testbed,
    private readonly plan: KillPlan,
    private readonly clients: { alice: JsonClient; bob: JsonClient },
    private readonly post: string,
  ) {
    this.random = new Random(plan.seed, 'kills');
    this.part = join(testbed.dataOf('bob'), 'posts', 'parts', `alice-${post}.part`);
  }

  get isUnfinished(): boolean {
    return this.kills.alice + this.kills.bob < this.plan.kills;
  }

  /** One transfer from its beginning to its end, with as many kills as there is time for. */
  async round(target: string): Promise<void> {
    this.target = target;
    const { bob } = this.clients;
    bob.tell(`post get alice ${this.post} --to ${target} --force`).catch(() => undefined); // he may be killed first
    let from = await this.waitForBytes(0);
    while (from !== null && this.isUnfinished) {
      await new Promise((settle) => setTimeout(settle, this.random.between(0, LATEST_MS)));
      from = await this.waitForBytes(await this.kill(this.random.chance(0.5) ? 'alice' : 'bob', from));
    }
    if (from !== null) await this.waitForBytes(Infinity);
  }

  /** Once more bytes have come than `has`: what alice has sent and bob has then. Null where it became whole first. */
  private async waitForBytes(has: number): Promise<ByteCounts | null> {
    for (;;) {
      const { received, size } = await this.clients.bob.hears('progress', { post: this.post }, BOUND_MS);
      if (received === size) {
        await this.clients.bob.hears('post_done', { post: this.post }, BOUND_MS);
        return null;
      }
      if (received > has) return { sent: sentBy(this.clients.alice), has: sizeOf(this.part) };
    }
  }

  /** Gives what is on bob's disk afterwards. */
  private async kill(who: 'alice' | 'bob', from: ByteCounts): Promise<number> {
    this.kills[who] += 1;
    const killed = this.clients[who].kill();
    const sent = who === 'bob' ? sentBy(this.clients.alice) - from.sent : 0;
    await killed;
    const has = sizeOf(this.part);
    this.againBytesMax = Math.max(this.againBytesMax, sent - (has - from.has));
    this.clients[who] = await this.testbed.client(who);
    // One that is whole is put in its place: at bob's start, or while alice starts and bob takes what she had sent.
    const left = Math.max(sizeOf(this.part), sizeOf(this.target));
    if (has < this.plan.bytes) this.lostBytesMax = Math.max(this.lostBytesMax, has - left);
    await this.clients[who].does('online');
    return has;
  }
}

interface ByteCounts {
  readonly sent: number;
  readonly has: number;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What a process has handed to the host to write, sockets included. */
function sentBy(client: JsonClient): number {
  const [, written] = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${client.program.pid}/io`, 'utf8')) ?? [];
  return Number(written);
}
