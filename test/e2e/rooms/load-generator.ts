// Clients of room servers that load them and write down all they see: each keeps some of its own lines on the way.

import { createSocket, type Socket } from 'node:dgram';
import { clock } from '../../../runtime/sources.js';

/** What one client sent and saw. Lines are numbers: client × 2^20 + count. */
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
  /** How many of its lines a client has on the way at most. */
  readonly window: number;
  readonly textBytes: number;
  /** How long a client waits after it heard its own line before it says the next. */
  readonly paceMs?: number;
}

const ANSWERS_KEPT = 20;
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
    for (const guest of this.clients) await guest.join();
  }

  start(): void {
    for (const guest of this.clients) guest.start();
  }

  stop(): void {
    for (const guest of this.clients) guest.isSending = false;
  }

  /** What was measured until now counts no longer. */
  resetMeasurements(): void {
    this.latenciesMs.length = 0;
    for (const guest of this.clients) guest.longestSilenceMs = 0;
  }

  leave(): void {
    for (const guest of this.clients) guest.leave();
  }

  get receivedCount(): number {
    return this.clients.reduce((sum, { record }) => sum + record.received.length, 0);
  }

  /** The longest that any client of these servers heard nothing. */
  longestSilenceMs(isOf: (server: number) => boolean): number {
    return Math.max(...this.clients.filter(({ record }) => isOf(record.server)).map((guest) => guest.longestSilenceMs));
  }
}

class LoadClient {
  readonly record: ClientRecord;
  isSending = false;
  /** The latest `+OK` and `-ERR`. */
  readonly answers: string[] = [];
  /** When it heard anything said the last time, and how long the longest silence was. */
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
    // Every room has guests at every server.
    const room = 1 + (Math.floor(id / ports.length) % rooms);
    this.record = { client: id, room, server, sent: new Set(), received: [], refused: 0 };
    this.padding = '.'.repeat(Math.max(0, options.textBytes - 12));
    const lookup = (address: string, _options: unknown, found: (e: null, a: string, f: number) => void) =>
      found(null, address, 4);
    this.socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES, lookup });
    this.socket.on('message', (bytes) => this.receive(bytes));
  }

  /** For how long it has heard nothing. */
  get silentMs(): number {
    return clock.now() - (this.lastHeardAt ?? 0);
  }

  async join(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.bind(0, '127.0.0.1', resolve));
    const isIn = new Promise<void>((resolve) => (this.joined = resolve));
    // A datagram may be lost; asked again, the server says that we are in.
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

  private sendNext(): void {
    if (!this.isSending) return;
    this.count += 1;
    const number = this.record.client * COUNT_SPAN + this.count;
    this.record.sent.add(number);
    const now = clock.now();
    this.inFlight.set(number, now);
    for (const [old, at] of this.inFlight) {
      if (now - at < LOST_MS) break;
      this.inFlight.delete(old); // its datagram was lost before any server took it, or the server died
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
    this.answers.push(line);
    if (this.answers.length > ANSWERS_KEPT) this.answers.shift();
    if (line.startsWith('+OK') || this.joined) return this.joined?.();
    this.record.refused += 1;
    // The oldest on the way is the one refused, or will be: say another instead, a little later.
    const [oldest] = this.inFlight.keys();
    if (oldest !== undefined) this.inFlight.delete(oldest);
    setTimeout(() => this.sendNext(), RETRY_MS);
  }

  send(line: string): void {
    this.socket.send(line, this.port, '127.0.0.1');
  }
}
