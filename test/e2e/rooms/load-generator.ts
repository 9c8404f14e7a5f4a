// Room clients that generate load and record all they receive. Each keeps a window of its own lines in flight.

import { createSocket, type Socket } from 'node:dgram';
import { clock } from '../../../runtime/sources.js';
import { ReceivedQueue } from '../testbed/received-queue.js';

/** What one client sent and received. Lines are numbers: client × 2^20 + count. */
export interface ClientRecord {
  readonly client: number;
  readonly room: number;
  readonly server: number;
  readonly sent: Set<number>;
  readonly received: number[];
  refused: number;
}

export interface LoadOptions {
  readonly ports: readonly number[];
  readonly clients: number;
  readonly rooms: number;
  /** Most lines of a client in flight. */
  readonly window: number;
  readonly textBytes: number;
  /** How long a client waits after it received its own line before it sends the next. */
  readonly paceMs?: number;
}

/** A line of a server that is not chat. */
interface Answer {
  readonly at: number;
  readonly text: string;
}

const ANSWER_MS = 5_000;
const COUNT_SPAN = 2 ** 20;
const RETRY_MS = 25;
const REJOIN_MS = 1_000;
const LOST_MS = 3_000;
const BUFFER_BYTES = 4 * 1024 * 1024;

export class LoadGenerator {
  readonly clients: LoadClient[];
  readonly latenciesMs: number[] = [];

  constructor(options: LoadOptions) {
    this.clients = Array.from({ length: options.clients }, (_, id) => new LoadClient(id, options, this.latenciesMs));
  }

  async join(): Promise<void> {
    for (const client of this.clients) await client.join();
  }

  start(): void {
    for (const client of this.clients) client.start();
  }

  stop(): void {
    for (const client of this.clients) client.isSending = false;
  }

  /** Discards all measurements so far. */
  resetMeasurements(): void {
    this.latenciesMs.length = 0;
    for (const client of this.clients) client.longestSilenceMs = 0;
  }

  leave(): void {
    for (const client of this.clients) client.leave();
  }

  get receivedCount(): number {
    return this.clients.reduce((sum, { record }) => sum + record.received.length, 0);
  }

  /** The longest time in which a client of these servers received nothing. */
  longestSilenceMs(isOf: (server: number) => boolean): number {
    return Math.max(
      ...this.clients.filter(({ record }) => isOf(record.server)).map((client) => client.longestSilenceMs),
    );
  }
}

class LoadClient {
  readonly record: ClientRecord;
  isSending = false;
  private readonly answers = new ReceivedQueue<Answer>('a client', () => this.lastAnswer);
  private lastAnswer = '';

  longestSilenceMs = 0;
  private lastHeardAt: number | null = null;
  private readonly socket: Socket;
  private readonly inFlight = new Map<number, number>();
  private readonly port: number;
  private readonly padding: string;
  private count = 0;
  private joined: (() => void) | null = null;

  constructor(
    id: number,
    private readonly options: LoadOptions,
    private readonly waits: number[],
  ) {
    const { ports, rooms } = options;
    const server = id % ports.length;
    this.port = ports[server] ?? 0;
    // Every room has clients at every server.
    const room = 1 + (Math.floor(id / ports.length) % rooms);
    this.record = { client: id, room, server, sent: new Set(), received: [], refused: 0 };
    this.padding = '.'.repeat(Math.max(0, options.textBytes - 12));
    const lookup = (address: string, _options: unknown, found: (e: null, a: string, f: number) => void) =>
      found(null, address, 4);
    this.socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES, lookup });
    this.socket.on('message', (bytes) => this.receive(bytes));
  }

  /** Time since it last received a line. */
  get silentMs(): number {
    return clock.now() - (this.lastHeardAt ?? 0);
  }

  async join(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.bind(0, '127.0.0.1', resolve));
    const isIn = new Promise<void>((resolve) => (this.joined = resolve));
    // A datagram may be lost. To a repeated join the server answers that the client is in the room.
    const again = setInterval(() => this.send(`/join ${this.record.room}`), REJOIN_MS);
    this.send(`/join ${this.record.room}`);
    await isIn;
    clearInterval(again);
    this.joined = null;
  }

  start(): void {
    this.isSending = true;
    for (let line = this.inFlight.size; line < this.options.window; line += 1) this.sendNext();
  }

  leave(): void {
    this.send('/quit');
    this.socket.close();
  }

  /** Sends a line and gives the next answer (`+OK` or `-ERR`), whichever line it is for. */
  async ask(line: string): Promise<string> {
    const sentAt = clock.now();
    this.send(line);
    const { text } = await this.answers.take(`an answer to ${line}`, ({ at }) => at >= sentAt, ANSWER_MS);
    return text;
  }

  private sendNext(): void {
    if (!this.isSending) return;
    this.count += 1;
    const number = this.record.client * COUNT_SPAN + this.count;
    this.record.sent.add(number);
    const now = clock.now();
    this.inFlight.set(number, now);
    for (const [old, at] of this.inFlight) {
      if (now - at < LOST_MS) break;
      this.inFlight.delete(old); // its datagram was lost before a server accepted it, or the server crashed
    }
    this.send(`${number} ${this.padding}`);
  }

  private receive(bytes: Buffer): void {
    if (bytes[0] !== 0x3c) return this.receiveAnswer(bytes.toString());
    const from = bytes.indexOf(0x20) + 1;
    const number = Number(bytes.toString('latin1', from, bytes.indexOf(0x20, from)));
    this.record.received.push(number);
    this.noteSilence();
    const at = this.inFlight.get(number);
    if (at === undefined) return;
    this.inFlight.delete(number);
    this.waits.push(clock.now() - at);
    this.sendNextLater();
  }

  private noteSilence(): void {
    const now = clock.now();
    if (this.lastHeardAt !== null) this.longestSilenceMs = Math.max(this.longestSilenceMs, now - this.lastHeardAt);
    this.lastHeardAt = now;
  }

  private sendNextLater(): void {
    const { paceMs } = this.options;
    if (paceMs === undefined) this.sendNext();
    else setTimeout(() => this.sendNext(), paceMs);
  }

  private receiveAnswer(line: string): void {
    this.lastAnswer = line;
    this.answers.put({ at: clock.now(), text: line });
    if (line.startsWith('+OK') || this.joined) return this.joined?.();
    this.record.refused += 1;
    // An answer does not name its line; the oldest in flight is assumed to be refused.
    const [oldest] = this.inFlight.keys();
    if (oldest !== undefined) this.inFlight.delete(oldest);
    setTimeout(() => this.sendNext(), RETRY_MS);
  }

  send(line: string): void {
    this.socket.send(line, this.port, '127.0.0.1');
  }
}
