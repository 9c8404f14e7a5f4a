// Sends hostile datagrams to the ports of room servers: random bytes, malformed lines, and altered real datagrams.

import { createSocket, type Socket } from 'node:dgram';
import { Random } from '../../sim/kernel/random.js';

const LINES = [
  '/join',
  '/join 99999999999',
  '/join ,',
  '/nick',
  '/nick <',
  ',',
  '',
  '\r\n',
  '/who',
  '/\0',
  '/order',
  '/x',
];
const CAPTURED_MAX = 500;
const AT_ONCE = 40;
const EVERY_MS = 10;

export class DatagramAttacker {
  sentCount = 0;
  private readonly socket: Socket = createSocket('udp4');
  private readonly captured: Buffer[] = [];
  private readonly random = new Random(9);
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly ports: readonly number[]) {}

  /** Captures a real datagram to alter and send later. */
  capture(bytes: Buffer): void {
    if (this.captured.length < CAPTURED_MAX) this.captured.push(Buffer.from(bytes));
    else this.captured[this.random.whole(0, CAPTURED_MAX - 1)] = Buffer.from(bytes);
  }

  start(): void {
    this.timer = setInterval(() => this.sendBurst(), EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.socket.close();
  }

  private sendBurst(): void {
    for (let nth = 0; nth < AT_ONCE; nth += 1) {
      this.sentCount += 1;
      this.socket.send(this.datagram(), this.random.pick(this.ports), '127.0.0.1', () => undefined);
    }
  }

  private datagram(): Buffer {
    const { random } = this;
    const chance = random.fraction();
    if (chance < 0.2) return Buffer.from(random.pick(LINES));
    if (chance < 0.4) return Buffer.from(random.bytes(random.whole(0, 1_500)));
    if (chance < 0.45) return Buffer.from(random.bytes(random.whole(1_500, 60_000)));
    if (chance < 0.6 || this.captured.length === 0)
      return Buffer.concat([Buffer.of(0xfe, random.whole(0, 3)), random.bytes(random.whole(0, 300))]);
    return this.altered(Buffer.from(random.pick(this.captured)));
  }

  /** Truncated, changed in some bytes, or replayed unchanged. */
  private altered(bytes: Buffer): Buffer {
    const { random } = this;
    for (let nth = random.whole(0, 4); nth > 0; nth -= 1)
      bytes[random.whole(0, bytes.length - 1)] = random.whole(0, 255);
    return random.chance(0.3) ? bytes.subarray(0, random.whole(0, bytes.length)) : bytes;
  }
}
