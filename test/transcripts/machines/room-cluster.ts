// Room servers under the commands of a transcript: every packet takes 1 ms, time passes only on command, and effects
// are written as sentences.

import { utf8 } from '../../../protocols/kit/bytes.js';
import type { Order } from '../../../protocols/rooms/order/client-release.js';
import { RoomServer, type RoomEffect, type RoomInput } from '../../../protocols/rooms/room-server.js';
import { NO_DURABLE_STATE, nextBoot, type DurableState } from '../../../protocols/rooms/view/durable-state.js';
import { viewMembers } from '../../../protocols/rooms/view/view-decision.js';
import { decodePacket } from '../../../protocols/rooms/wire/packet.js';
import { Random } from '../../sim/kernel/random.js';
import { messageText, packetText } from './packet-text.js';

interface PacketInFlight {
  readonly arrivesAt: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

interface ServerSlot {
  machine: RoomServer | null;
  state: DurableState;
}

const START_TIME = 1_000_000;
const PACKET_MS = 1;

export class RoomCluster {
  private now = START_TIME;
  private servers: ServerSlot[] = [];
  private order: Order = 'total';
  private inFlight: PacketInFlight[] = [];
  private readonly isolated = new Set<number>();
  /** Server pairs whose next datagram with frames is lost. */
  private readonly toLose = new Set<string>();
  private showsPackets = false;
  private lines: string[] = [];

  /**
   * `start <n> <order>`, `S1 <client> <line>`, `pass <ms>`, `crash S1`, `restart S1`, `isolate S1`, `heal`,
   * `lose S1 S2`, `packets on|off`.
   */
  run(command: string): readonly string[] {
    this.lines = [];
    const [verb = '', first = '', ...rest] = command.split(' ');
    if (/^S\d$/.test(verb)) this.put(serverOf(verb), { type: 'line', from: first, bytes: utf8(rest.join(' ')) });
    else if (verb === 'start') this.startAll(Number(first), rest[0] as Order);
    else if (verb === 'pass') this.pass(Number(first));
    else if (verb === 'crash') this.crash(serverOf(first));
    else if (verb === 'restart') this.start(serverOf(first));
    else if (verb === 'isolate') this.isolated.add(serverOf(first));
    else if (verb === 'heal') this.isolated.clear();
    else if (verb === 'lose') this.toLose.add(`${first} ${rest[0]}`);
    else if (verb === 'packets') this.showsPackets = first === 'on';
    else throw new Error(`unknown command: ${command}`);
    return this.lines;
  }

  private startAll(size: number, order: Order): void {
    this.order = order;
    this.servers = Array.from({ length: size }, () => ({ machine: null, state: NO_DURABLE_STATE }));
    for (let index = 0; index < size; index += 1) this.start(index);
  }

  private start(index: number): void {
    const server = this.servers[index];
    if (!server) return;
    server.state = nextBoot(server.state, 1);
    const options = {
      self: index,
      size: this.servers.length,
      order: this.order,
      rooms: 10,
      cluster: 7,
      isTraced: true,
    };
    const { state } = server;
    const codeOf = (address: string) => `code-${address}`;
    server.machine = new RoomServer({ ...options, suspectMs: 600, state, random: new Random(index), codeOf });
    this.write(index, `starts with boot ${state.boot}`);
  }

  private crash(index: number): void {
    const server = this.servers[index];
    if (server) server.machine = null;
    this.inFlight = this.inFlight.filter(({ to }) => to !== index);
  }

  private pass(ms: number): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.now += 1;
      const arrived = this.inFlight.filter(({ arrivesAt }) => arrivesAt <= this.now);
      this.inFlight = this.inFlight.filter(({ arrivesAt }) => arrivesAt > this.now);
      for (const { to, bytes } of arrived) this.put(to, { type: 'packet', bytes });
      this.servers.forEach(({ machine }, index) => {
        if (machine && machine.wakeAt() <= this.now) this.put(index, { type: 'wake' });
      });
    }
  }

  private put(index: number, input: RoomInput): void {
    const server = this.servers[index];
    if (!server?.machine) return;
    for (const each of [input, { type: 'flush' } as const])
      for (const effect of server.machine.handle(each, this.now)) this.perform(index, server, effect);
  }

  private perform(index: number, server: ServerSlot, effect: RoomEffect): void {
    if (effect.type === 'persist') server.state = effect.state;
    if (effect.type === 'send_packet') this.send(index, effect.to, effect.bytes);
    else if (effect.type !== 'released' || this.order !== 'total') this.write(index, effectText(effect));
  }

  private send(from: number, to: number, bytes: Uint8Array): void {
    const packet = decodePacket(bytes);
    const hasFrames = packet !== null && packet.frames.length > 0;
    const isLost = hasFrames && this.toLose.delete(`${nameOf(from)} ${nameOf(to)}`);
    if (packet && (isLost || (this.showsPackets && hasFrames)))
      this.write(from, `sends ${nameOf(to)} ${packetText(packet)}${isLost ? ' — lost' : ''}`);
    if (isLost || this.isolated.has(from) || this.isolated.has(to)) return;
    this.inFlight.push({ arrivesAt: this.now + PACKET_MS, to, bytes });
  }

  private write(index: number, text: string): void {
    this.lines.push(`${nameOf(index)} ${text}`);
  }
}

function effectText(effect: Exclude<RoomEffect, { type: 'send_packet' }>): string {
  switch (effect.type) {
    case 'persist': {
      const { decision, promised, accepted } = effect.state;
      const ballot = promised.round === 0 ? 'no promise' : `promise ${promised.round}.${promised.by + 1}`;
      return `writes to disk: view ${decision?.view ?? 0}, ${ballot}${accepted ? ', an accepted proposal' : ''}`;
    }
    case 'send_line':
      return `to ${effect.to.join(', ')}: ${effect.line}`;
    case 'delivered':
      return `delivers #${effect.position.count}: ${messageText(effect.message)}`;
    case 'released':
      return `releases to clients: ${messageText(effect.message)}`;
    case 'installed': {
      const members = viewMembers(effect.decision).map(nameOf).join(' ');
      const { view, isFresh } = effect.decision;
      return `installs view ${view} of ${members}${isFresh ? ', fresh' : ''}${effect.isMember ? '' : ', as outsider'}`;
    }
    case 'traced':
      return effect.text;
  }
}

function nameOf(index: number): string {
  return `S${index + 1}`;
}

function serverOf(name: string): number {
  return Number(name.slice(1)) - 1;
}
