// A few room servers on a perfect network in one process, for tests of single rules: time passes only when told to.

import { utf8 } from '../../../protocols/kit/bytes.js';
import { RoomServer, type RoomEffect, type RoomInput } from '../../../protocols/rooms/room-server.js';
import { NO_MEMORY, nextBoot, type Memory } from '../../../protocols/rooms/view/memory.js';
import type { Order } from '../../../protocols/rooms/order/hand-over.js';
import { Random } from '../../sim/kernel/random.js';

const BEGINNING = 1_000_000;

interface Node {
  machine: RoomServer | null;
  memory: Memory;
}

export class SmallCluster {
  now = BEGINNING;
  readonly nodes: Node[];
  /** What each client was told, by address. */
  readonly told = new Map<string, string[]>();
  /** Every effect of each server, in order. */
  readonly effects: RoomEffect[][];
  /** Servers that hear nobody and that nobody hears. */
  readonly away = new Set<number>();

  constructor(
    size: number,
    private readonly order: Order = 'total',
    private readonly rooms = 10,
  ) {
    this.nodes = Array.from({ length: size }, () => ({ machine: null, memory: NO_MEMORY }));
    this.effects = this.nodes.map(() => []);
    this.nodes.forEach((_, index) => this.start(index));
  }

  /** A cluster that has its first view of all. */
  static ready(size: number, order: Order = 'total'): SmallCluster {
    const cluster = new SmallCluster(size, order);
    cluster.pass(3_000);
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
    node.memory = nextBoot(node.memory, 1);
    const { order, rooms } = this;
    const settings = { self: index, size: this.nodes.length, order, rooms, cluster: 7, suspectMs: 600 };
    node.machine = new RoomServer({ ...settings, memory: node.memory, dice: new Random(index), isWatched: true });
  }

  crash(index: number): void {
    const node = this.nodes[index];
    if (node) node.machine = null;
  }

  /** A client types a line; gives what it is told at once. */
  type(index: number, address: string, line: string | Uint8Array): string[] {
    const before = this.told.get(address)?.length ?? 0;
    const bytes = typeof line === 'string' ? utf8(line) : line;
    this.put(index, { kind: 'line', from: address, bytes });
    return (this.told.get(address) ?? []).slice(before);
  }

  heard(address: string): string[] {
    return this.told.get(address) ?? [];
  }

  pass(ms: number): void {
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
    if (machine && machine.wakeAt() <= this.now) this.put(index, { kind: 'wake' });
  }

  private perform(index: number, node: Node, effect: RoomEffect): void {
    this.effects[index]?.push(effect);
    if (effect.kind === 'remember') node.memory = effect.memory;
    if (effect.kind === 'tell') for (const address of effect.to) this.tell(address, effect.line);
    const isCut = effect.kind === 'send' && (this.away.has(index) || this.away.has(effect.to));
    if (effect.kind === 'send' && !isCut) this.put(effect.to, { kind: 'packet', bytes: effect.bytes });
  }

  private tell(address: string, line: string): void {
    this.told.set(address, [...this.heard(address), line]);
  }
}
