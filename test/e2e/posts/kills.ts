// kill -9 of either side during a download: after each restart, the download continues where it stopped.

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
  /** Most bytes that a kill removed from bob's disk. */
  readonly lostBytesMax: number;
  /** Most bytes that alice had sent but bob had not on disk at a kill, including buffers of the host. */
  readonly resentBytesMax: number;
  /** Hashes of the source and of each received file. */
  readonly source: string;
  readonly targets: readonly string[];
}

/** Longest time between the first bytes and a kill. */
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

  /** One complete transfer with as many kills as fit into it. */
  async round(target: string): Promise<void> {
    this.target = target;
    const { bob } = this.clients;
    // Bob may be killed before the result.
    bob.tell(`post get alice ${this.post} --to ${target} --force`).catch(() => undefined);
    let from = await this.waitForBytes(0);
    while (from !== null && this.isUnfinished) {
      await new Promise((settle) => setTimeout(settle, this.random.between(0, LATEST_MS)));
      from = await this.waitForBytes(await this.kill(this.random.chance(0.5) ? 'alice' : 'bob', from));
    }
    if (from !== null) await this.waitForBytes(Infinity);
  }

  /** Waits until bob has more than `has` bytes; gives the counts. Null if the download was complete before. */
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

  /** Gives the number of bytes on bob's disk afterwards. */
  private async kill(who: 'alice' | 'bob', from: ByteCounts): Promise<number> {
    this.kills[who] += 1;
    const killed = this.clients[who].kill();
    const sent = who === 'bob' ? sentBy(this.clients.alice) - from.sent : 0;
    await killed;
    const has = sizeOf(this.part);
    this.againBytesMax = Math.max(this.againBytesMax, sent - (has - from.has));
    this.clients[who] = await this.testbed.client(who);
    // A complete file is moved to its target: when bob starts, or while alice restarts and bob reads buffered bytes.
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

/** Bytes that a process has written, including to sockets. */
function sentBy(client: JsonClient): number {
  const [, written] = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${client.program.pid}/io`, 'utf8')) ?? [];
  return Number(written);
}
