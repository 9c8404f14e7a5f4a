// A client of a simulated cluster: joins, sends numbered lines, changes rooms and nicks, queries, quits and rejoins.

import { utf8 } from '../../../protocols/kit/bytes.js';
import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { OrderOracle } from './order-oracle.js';
import type { RoomHost } from './room-host.js';

export interface SimulatedRoomClientOptions {
  readonly id: number;
  readonly host: RoomHost;
  readonly random: Random;
  readonly oracle: OrderOracle;
  readonly tally: Tally;
}

export class SimulatedRoomClient {
  private lastNumber = 0;
  /** The boot of the server at which this client confirmed last [ROOM-14]. */
  private confirmedBoot = 0;
  private answers: string[] = [];
  readonly address: string;

  private readonly id: number;
  private readonly host: RoomHost;
  private readonly random: Random;
  private readonly oracle: OrderOracle;

  constructor(private readonly options: SimulatedRoomClientOptions) {
    const { id, host, random, oracle } = options;
    this.id = id;
    this.host = host;
    this.random = random;
    this.oracle = oracle;
    this.address = `client:${id}`;
  }

  /** Takes a datagram from the server. */
  receive(line: string): void {
    this.answers.push(line);
  }

  act(): void {
    if (!this.host.isRunning) return;
    if (this.id % 2 === 0 && this.confirmedBoot !== this.host.boot) this.confirm();
    const chance = this.random.fraction();
    if (chance < 0.03) this.type('/part');
    else if (chance < 0.06) this.type(`/nick n${this.random.whole(1, 9)}`);
    else if (chance < 0.08) this.type('/who');
    else if (chance < 0.09) this.type('/quit');
    else this.say();
  }

  /** Clients with even numbers are programs, which return the code; the others are people at `nc -u`. */
  private confirm(): void {
    const [, code = ''] = /\/confirm (\S+)$/.exec(this.type('/confirm')[0] ?? '') ?? [];
    if (this.type(`/confirm ${code}`)[0] !== '+OK You receive every line now') return;
    this.confirmedBoot = this.host.boot;
    this.options.tally.add('confirmed clients');
  }

  private say(): void {
    const answer = this.type(`/join ${this.random.whole(1, 3)}`);
    if (answer.some((line) => line.startsWith('-ERR') && !line.includes('already'))) return;
    this.lastNumber += 1;
    const text = `c${this.id}:${this.lastNumber}`;
    this.oracle.attempted(text);
    const { boot } = this.host;
    const answers = this.type(text);
    const isAlive = this.host.machine !== null && this.host.boot === boot;
    if (isAlive && !answers.some((line) => line.startsWith('-ERR'))) this.oracle.lineAccepted(text, this.host);
  }

  /** Sends a line and gives the immediate answers. */
  private type(line: string): string[] {
    this.answers = [];
    this.host.put({ type: 'line', from: this.address, bytes: utf8(line) });
    return this.answers;
  }
}
