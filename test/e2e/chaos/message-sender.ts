// Sends numbered messages through crashes and records which were confirmed. It never sends a text twice.

import type { Answers } from '../../../protocols/control/answer.js';
import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import type { JsonClient } from '../testbed/json-client.js';
import type { Testbed } from '../testbed/testbed.js';

/** Commands in flight: a crash then meets processed, half processed and unprocessed ones. */
const LINES_AHEAD = 16;
const PAGE = 1_000;
const BOUND_MS = 60_000;

export class MessageSender {
  /** Texts whose `say` was confirmed: they must never be lost. */
  readonly confirmed: string[] = [];
  /** Texts without a result before the crash: they may or may not have been sent. */
  readonly unconfirmed: string[] = [];
  private count = 0;
  private client: JsonClient | null = null;

  constructor(
    private readonly testbed: Testbed,
    readonly name: string,
    private readonly to: string,
  ) {}

  /** Starts or restarts the client and goes online as soon as the name server answers. */
  async start(): Promise<JsonClient> {
    this.client = await this.testbed.client(this.name);
    this.client.tell('online').catch(() => undefined); // the name server may be away, or the client killed
    return this.client;
  }

  async kill(): Promise<void> {
    const killed = this.client;
    this.client = null; // commands without a result are unconfirmed from here on
    await killed?.kill();
  }

  /**
   * Sends that many texts. After a crash, texts in flight are unconfirmed, and the rest is left for the next call.
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
   * Sends one text and waits for its arrival: then a link exists and all earlier texts have arrived too.
   */
  async sendAndWait(other: MessageSender): Promise<void> {
    const text = this.nextText();
    const { id } = await this.here.does<Answers['say']>(`say ${this.to} ${text}`);
    this.confirmed.push(text);
    await other.here.hears('chat', { id }, BOUND_MS);
  }

  /** Sends one last text and waits until none of the texts is in flight any more. */
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
    if (!this.client) throw new Error(`${this.name} is not running`);
    return this.client;
  }

  private async sayNext(client: JsonClient): Promise<void> {
    const text = this.nextText();
    try {
      await client.does(`say ${this.to} ${text}`);
      this.confirmed.push(text);
    } catch (trouble) {
      if (this.client === client) throw trouble; // it was not killed
      this.unconfirmed.push(text);
    }
  }

  /** Texts of different sizes, so that a crash interrupts some writes. */
  private nextText(): string {
    this.count += 1;
    return `${this.name} ${this.count} ${'·'.repeat((this.count * 37) % 400)}`;
  }
}
