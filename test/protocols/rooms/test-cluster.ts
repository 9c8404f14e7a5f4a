// Room servers on a perfect network in one process, for tests of single rules. Time passes only on command.

import { utf8 } from '../../../protocols/kit/bytes.js';
import { RoomServer, type RoomEffect, type RoomInput } from '../../../protocols/rooms/room-server.js';
import { NO_DURABLE_STATE, nextBoot, type DurableState } from '../../../protocols/rooms/view/durable-state.js';
import type { Order } from '../../../protocols/rooms/order/client-release.js';
import { Random } from '../../sim/kernel/random.js';

const BEGINNING = 1_000_000;

/** The code of an address at every server of a test cluster. */
export function codeFor(address: string): string {
  return `code-${address}`;
}

interface TestNode {
  machine: RoomServer | null;
  state: DurableState;
}

export class TestCluster {
  now = BEGINNING;
  readonly nodes: TestNode[];
  /** The lines that each client received, by address. */
  readonly received = new Map<string, string[]>();
  /** Every effect of each server, in order. */
  readonly effects: RoomEffect[][];
  /** Servers cut off from all others. */
  readonly isolated = new Set<number>();

  constructor(
    size: number,
    private readonly order: Order = 'total',
    private readonly rooms = 10,
  ) {
    this.nodes = Array.from({ length: size }, () => ({ machine: null, state: NO_DURABLE_STATE }));
    this.effects = this.nodes.map(() => []);
    this.nodes.forEach((_, index) => this.start(index));
  }

  /** A cluster whose first view has all servers. */
  static ready(size: number, order: Order = 'total'): TestCluster {
    const cluster = new TestCluster(size, order);
    cluster.advance(3_000);
    return cluster;
  }

  server(index: number): RoomServer {
    const { machine } = this.nodes[index] ?? {};
    if (!machine) throw new Error(`server ${index + 1} does not run`);
    return machine;
  }

  start(index: number): void {
    const node = this.nodes[index];
    if (!node) return;
    node.state = nextBoot(node.state, 1);
    const { order, rooms } = this;
    const settings = { self: index, size: this.nodes.length, order, rooms, cluster: 7, suspectMs: 600 };
    node.machine = new RoomServer({
      ...settings,
      codeOf: codeFor,
      state: node.state,
      random: new Random(index),
      isTraced: true,
    });
  }

  crash(index: number): void {
    const node = this.nodes[index];
    if (node) node.machine = null;
  }

  /** A client sends a line; gives the immediate answers. */
  type(index: number, address: string, line: string | Uint8Array): string[] {
    const before = this.received.get(address)?.length ?? 0;
    const bytes = typeof line === 'string' ? utf8(line) : line;
    this.put(index, { type: 'line', from: address, bytes });
    return (this.received.get(address) ?? []).slice(before);
  }

  receivedBy(address: string): string[] {
    return this.received.get(address) ?? [];
  }

  advance(ms: number): void {
    const until = this.now + ms;
    for (; this.now < until; this.now += 1) this.nodes.forEach((_, index) => this.wake(index));
  }

  put(index: number, input: RoomInput): void {
    const node = this.nodes[index];
    if (!node?.machine) return;
    const { machine } = node;
    for (const effect of machine.handle(input, this.now)) this.perform(index, node, effect);
  }

  private wake(index: number): void {
    const { machine } = this.nodes[index] ?? {};
    if (machine && machine.wakeAt() <= this.now) this.put(index, { type: 'wake' });
  }

  private perform(index: number, node: TestNode, effect: RoomEffect): void {
    this.effects[index]?.push(effect);
    if (effect.type === 'persist') node.state = effect.state;
    if (effect.type === 'send_line') for (const address of effect.to) this.deliver(address, effect.line);
    const isCut = effect.type === 'send_packet' && (this.isolated.has(index) || this.isolated.has(effect.to));
    if (effect.type === 'send_packet' && !isCut) this.put(effect.to, { type: 'packet', bytes: effect.bytes });
  }

  private deliver(address: string, line: string): void {
    this.received.set(address, [...this.receivedBy(address), line]);
  }
}
