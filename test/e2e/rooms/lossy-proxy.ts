// A lossy network between room servers: one port for each server, where datagrams are lost, duplicated, delayed (and
// thereby reordered), or dropped by a partition.

import { createSocket, type Socket } from 'node:dgram';
import { Random } from '../../sim/kernel/random.js';

export interface ProxyConditions {
  readonly loss: number;
  readonly duplication: number;
  readonly delayMs: number;
}

const BUFFER_BYTES = 4 * 1024 * 1024;

export class LossyProxy {
  readonly forwards: number[] = [];
  /** Called for every datagram. */
  onDatagram: (bytes: Buffer) => void = () => undefined;
  private readonly sockets: Socket[] = [];
  private readonly disconnected = new Set<string>();
  private readonly random = new Random(1);
  private isClosed = false;

  private constructor(
    /** The ports of the servers. */
    readonly ports: readonly number[],
    public conditions: ProxyConditions,
  ) {}

  static async before(ports: readonly number[], conditions: ProxyConditions): Promise<LossyProxy> {
    const proxy = new LossyProxy(ports, conditions);
    for (const port of ports) proxy.forwards.push(await proxy.open(port));
    return proxy;
  }

  /** Drops all datagrams between one side and the other. */
  partition(oneSide: readonly number[]): void {
    const isHere = (index: number) => oneSide.includes(index);
    this.ports.forEach((a, at) => {
      this.ports.forEach((b, other) => {
        if (isHere(at) !== isHere(other)) this.disconnected.add(`${a}>${b}`);
      });
    });
  }

  heal(): void {
    this.disconnected.clear();
  }

  close(): void {
    this.isClosed = true;
    for (const socket of this.sockets) socket.close();
  }

  private open(to: number): Promise<number> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES });
    this.sockets.push(socket);
    socket.on('message', (bytes, from) => this.pass(bytes, from.port, to));
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));
  }

  private pass(bytes: Buffer, from: number, to: number): void {
    this.onDatagram(bytes);
    const { loss, duplication: doubling, delayMs } = this.conditions;
    const copies = this.random.chance(doubling) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.disconnected.has(`${from}>${to}`) || this.random.chance(loss)) continue;
      setTimeout(() => this.deliver(bytes, to), this.random.between(0, delayMs));
    }
  }

  private deliver(bytes: Buffer, to: number): void {
    if (this.isClosed) return;
    // Any socket of the proxy will do: servers do not look at the source address [RWIRE-3].
    this.sockets[0]?.send(bytes, to, '127.0.0.1', () => undefined);
  }
}
