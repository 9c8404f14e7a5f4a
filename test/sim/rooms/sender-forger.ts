// An attacker who forges the senders of lines and never sees an answer, and the check of what its victims receive.

import { byteLength, utf8 } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { RoomEffect } from '../../../protocols/rooms/room-server.js';
import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';
import type { RoomHost } from './room-host.js';

export interface SenderForgerOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly tally: Tally;
  readonly hosts: readonly RoomHost[];
  readonly fail: (violation: string) => void;
}

/** Datagrams in the name of a victim, and to it, at one boot of a server; bytes with headers. */
interface Traffic {
  forgedLines: number;
  forgedBytes: number;
  receivedBytes: number;
}

const VICTIMS = 10;
const FURTHER_LINES = ['/nick z', '/who', '/rooms', '/order', '/part', '/x', ''];

export class SenderForger {
  private readonly traffic = new Map<string, Traffic>();

  constructor(private readonly options: SenderForgerOptions) {}

  start(meanMs: number, isOn: () => boolean): void {
    const { timeline, random } = this.options;
    const wait = () => (isOn() ? random.between(0, 2 * meanMs) : null);
    timeline.every(wait, () => {
      if (isOn()) this.forge();
    });
  }

  /** Checks a line that a server sends [ROOM-15]. */
  observe({ to, line }: RoomEffect & { type: 'send_line' }, host: RoomHost): void {
    for (const address of to) {
      const traffic = this.traffic.get(keyOf(host, address));
      if (!traffic) continue;
      traffic.receivedBytes += byteLength(line) + LIMITS.roomHeaderBytes;
      if (traffic.receivedBytes <= mostBytes(traffic)) continue;
      this.options.fail(
        `[ROOM-15] ${address} receives ${traffic.receivedBytes} bytes for ${traffic.forgedLines} lines`,
      );
    }
  }

  /** Most victims are named in one line only; some in several, with a guessed code among them. */
  private forge(): void {
    const { random, hosts, tally } = this.options;
    const host = random.pick(hosts);
    if (!host.isRunning) return;
    const address = `198.51.100.${random.whole(1, VICTIMS)}:53`;
    const known = this.traffic.get(keyOf(host, address));
    if (known && random.chance(0.8)) return;
    const further = random.chance(0.3) ? `/confirm ${random.whole(0, 99_999_999)}` : random.pick(FURTHER_LINES);
    const bytes = utf8(known ? further : `/join ${random.whole(1, 3)}`);
    const traffic = known ?? { forgedLines: 0, forgedBytes: 0, receivedBytes: 0 };
    this.traffic.set(keyOf(host, address), traffic);
    traffic.forgedLines += 1;
    traffic.forgedBytes += bytes.length + LIMITS.roomHeaderBytes;
    tally.add('forged lines');
    host.put({ type: 'line', from: address, bytes });
    const client = host.machine?.clients.clients.at(address);
    if (client?.credit === null) this.options.fail(`[ROOM-14] the forger confirms ${address} with a guessed code`);
  }
}

function mostBytes({ forgedLines, forgedBytes }: Traffic): number {
  const granted = LIMITS.roomTrialBytes + (forgedLines - 1) * LIMITS.roomLineCreditBytes;
  return LIMITS.roomAmplificationMax * forgedBytes + granted + LIMITS.roomOverdraftBytes;
}

function keyOf(host: RoomHost, address: string): string {
  return `${host.index}@${host.boot} ${address}`;
}
