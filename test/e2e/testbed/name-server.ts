// A name server process: starts on a free port, and restarts on the same port.

import { NAME_SERVER } from '../../../start/programs.js';
import { RunningProgram, type ExitStatus } from './running-program.js';

const LISTENING = /^Name server listening on 127\.0\.0\.1:(\d+)$/;
const PEERS = /^Peers reach it at 127\.0\.0\.1:(\d+)$/;
const LINES = /^Lines of channels at 127\.0\.0\.1:(\d+)$/;
const START_MS = 20_000;

export class NameServerProcess {
  /** 0 until it listens; then constant. */
  port = 0;
  /** Ports for channel lines and for peers; 0 if not open. */
  tcpPort = 0;
  peerPort = 0;
  private running: RunningProgram;

  /** Starts the process at once. `data`: its directory. */
  constructor(
    private readonly data: string,
    private readonly flags: readonly string[] = [],
  ) {
    this.running = this.launch();
  }

  /** Resolves when it listens. */
  async listens(): Promise<void> {
    const line = await this.running.stdout.take('its first line', (text) => LISTENING.test(text), START_MS);
    this.port = Number(LISTENING.exec(line)?.[1]);
    if (this.flags.includes('--peer-port')) this.peerPort = await this.portAfter(PEERS);
    if (this.flags.includes('--tcp-port')) this.tcpPort = await this.portAfter(LINES);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.running.pid;
  }

  /** Log lines of level error, which show a bug. */
  get faults(): string[] {
    return this.running.stderrLines.filter((line) => !/"level":[1-4]0,/.test(line));
  }

  kill(): Promise<ExitStatus> {
    return this.running.kill();
  }

  terminate(): Promise<ExitStatus> {
    return this.running.terminate();
  }

  /** Starts it again on the same port and data. */
  restart(): Promise<void> {
    this.running = this.launch();
    return this.listens();
  }

  /** Status and parsed body of a GET request. */
  async get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://${this.address}${path}`, { signal: AbortSignal.timeout(START_MS) });
    return { status: response.status, body: await response.json() };
  }

  private async portAfter(words: RegExp): Promise<number> {
    const line = await this.running.stdout.take('a port', (text) => words.test(text), START_MS);
    return Number(words.exec(line)?.[1]);
  }

  private launch(): RunningProgram {
    const place = ['--host', '127.0.0.1', '--port', String(this.port), '--data', this.data];
    const args = ['start', ...place, ...this.flags];
    return new RunningProgram({ name: 'the name server', command: NAME_SERVER, args });
  }
}
