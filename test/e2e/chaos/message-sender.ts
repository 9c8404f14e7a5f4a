// Somebody who goes on talking through crashes: says numbered texts, remembers which of them were promised, and never
// repeats one.

import type { Answers } from '../../../protocols/control/answer.js';
import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import type { JsonClient } from '../testbed/json-client.js';
import type { Testbed } from '../testbed/testbed.js';

/** How many lines are told ahead of their results: a crash then finds some said, some half said, some unsaid. */
const LINES_AHEAD = 16;
const PAGE = 1_000;
const BOUND_MS = 60_000;

export class MessageSender {
  /** Texts whose `say` got its result: these must never be lost. */
  readonly confirmed: string[] = [];
  /** Told, and no result came before the crash: these may have been said or not. */
  readonly unconfirmed: string[] = [];
  private count = 0;
  private client: JsonClient | null = null;

  constructor(
    private readonly testbed: Testbed,
    readonly name: string,
    private readonly to: string,
  ) {}

  /** Starts (again) and goes online by itself, at once or when the name server is back. */
  async start(): Promise<JsonClient> {
    this.client = await this.testbed.client(this.name);
    this.client.tell('online').catch(() => undefined); // away or killed: both are the point of this
    return this.client;
  }

  async kill(): Promise<void> {
    const killed = this.client;
    this.client = null; // whatever has no result from here on is unconfirmed
    await killed?.kill();
  }

  /**
   * Says so many texts. Where a crash comes between, those under way are unclear, and the rest is left for the next
   * call.
   */
  async say(count: number): Promise<void> {
    const under: Promise<void>[] = [];
    for (let k = 0; k < count && this.client; k += 1) {
      under.push(this.sayNext(this.client));
      if (under.length >= LINES_AHEAD) await under.shift();
    }
    await Promise.all(under);
  }

  /**
   * One text to the other, and comes back when it has arrived: then there is a link, and all before has arrived too.
   */
  async sendAndWait(other: MessageSender): Promise<void> {
    const text = this.nextText();
    const { id } = await this.here.does<Answers['say']>(`say ${this.to} ${text}`);
    this.confirmed.push(text);
    await other.here.hears('chat', { id }, BOUND_MS);
  }

  /** One last text, after which nothing of ours is on its way any more. */
  async finish(other: MessageSender): Promise<void> {
    await this.sendAndWait(other);
    while ((await this.here.does<Answers['outbox']>('outbox')).messages.length > 0) {
      await this.here.hears('state', { state: 'delivered' }, BOUND_MS);
    }
  }

  /** The whole conversation. */
  async history(): Promise<HistoryMessage[]> {
    const all: HistoryMessage[] = [];
    for (let before = ''; ; before = `--before ${all[0]?.id}`) {
      const asked = `history ${this.to} --limit ${PAGE} ${before}`;
      const { messages } = await this.here.does<Answers['history']>(asked);
      all.unshift(...messages);
      if (messages.length < PAGE) return all;
    }
  }

  private get here(): JsonClient {
    if (!this.client) throw new Error(`${this.name} is not here`);
    return this.client;
  }

  private async sayNext(client: JsonClient): Promise<void> {
    const text = this.nextText();
    try {
      await client.does(`say ${this.to} ${text}`);
      this.confirmed.push(text);
    } catch (trouble) {
      if (this.client === client) throw trouble; // nobody killed it
      this.unconfirmed.push(text);
    }
  }

  /** Texts of all sizes, so that some writes are cut in two by a crash. */
  private nextText(): string {
    this.count += 1;
    return `${this.name} ${this.count} ${'·'.repeat((this.count * 37) % 400)}`;
  }
}
