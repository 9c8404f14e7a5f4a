// A cluster of room servers as child processes, for tests and benchmarks; they are killed when the run ends.

import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { killOnExit } from '../testbed/child-process.js';
import { LineClient } from './line-client.js';

const PROGRAM = fileURLToPath(new URL('../../../rooms/chatserver/main.js', import.meta.url));

const ASK_MS = 100;
const WHOLE_BOUND_MS = 20_000;

export interface ClusterOptions {
  readonly servers: number;
  readonly order: string;
  readonly hasKey?: boolean;
  /** Ports of a proxy that the other servers send to, if there is one. */
  readonly forwards?: readonly number[];
  readonly ports?: readonly number[];
}

export class Cluster {
  readonly children: ChildProcess[] = [];

  private constructor(
    readonly ports: readonly number[],
    private readonly folder: string,
    private readonly options: ClusterOptions,
  ) {}

  static async start(options: ClusterOptions): Promise<Cluster> {
    const ports = options.ports ?? (await freePorts(options.servers));
    const folder = mkdtempSync(join(tmpdir(), 'kith-rooms-'));
    const lines = ports.map((port, at) => `127.0.0.1:${options.forwards?.[at] ?? port},127.0.0.1:${port}`);
    writeFileSync(join(folder, 'servers.conf'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'key'), 'a secret of the whole cluster\n');
    const cluster = new Cluster(ports, folder, options);
    await Promise.all(ports.map((_, index) => cluster.startOne(index)));
    return cluster;
  }

  /** Starts or restarts one server; resolves when it listens. */
  startOne(index: number): Promise<void> {
    const key = this.options.hasKey ? ['--cluster-key-file', join(this.folder, 'key')] : [];
    const data = ['--data', join(this.folder, `server-${index}`)];
    const flags = [join(this.folder, 'servers.conf'), String(index + 1), '-o', this.options.order, ...data, ...key];
    const env = { ...process.env, KITH_LOG: 'error' };
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const child = killOnExit(spawn(process.execPath, [PROGRAM, ...flags], { stdio: [...stdio], env }));
    this.children[index] = child;
    return new Promise((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', () => reject(new Error('a room server ended too soon')));
    });
  }

  /** Waits until every server is a member of a view of all: only then does a line reach every client. */
  async whole(): Promise<void> {
    const all = `of servers ${this.ports.map((_, index) => index + 1).join(' ')};`;
    for (const port of this.ports) {
      const client = await LineClient.of(port);
      for (let waitedMs = 0; !(await client.asks('/order', '+OK order')).includes(all); waitedMs += ASK_MS) {
        if (waitedMs >= WHOLE_BOUND_MS) throw new Error(`not all servers found each other: ${client.lines.at(-1)}`);
        await pause(ASK_MS);
      }
      client.close();
    }
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.children[index]?.removeAllListeners('exit');
    this.children[index]?.kill(signal);
  }

  end(): void {
    this.children.forEach((_, index) => this.signal(index, 'SIGKILL'));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => boundSocket()));
  const ports = sockets.map((socket) => socket.address().port);
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  return ports;
}

function boundSocket(): Promise<ReturnType<typeof createSocket>> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => resolve(socket));
  });
}
