// A room client like `nc -u`: sends each line as a datagram and waits for answers with a time limit.

import { createSocket, type Socket } from 'node:dgram';
import { ReceivedQueue } from '../testbed/received-queue.js';

const BOUND_MS = 5_000;

export class LineClient {
  readonly lines: string[] = [];
  private readonly heard: ReceivedQueue<string>;

  private constructor(
    private readonly socket: Socket,
    private readonly port: number,
  ) {
    this.heard = new ReceivedQueue('a client', () => this.lines.slice(-10).join('\n'));
    socket.on('message', (bytes) => {
      this.lines.push(bytes.toString());
      this.heard.put(bytes.toString());
    });
  }

  static async of(port: number): Promise<LineClient> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new LineClient(socket, port);
  }

  /** `ip:port`, as the server sees it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  send(line: string | Uint8Array): void {
    this.socket.send(line, this.port, '127.0.0.1');
  }

  /** Sends a line and waits for exactly this answer. */
  async ask(line: string, answer: string): Promise<void> {
    this.send(line);
    await this.hears(answer);
  }

  async hears(line: string): Promise<void> {
    await this.heard.take(JSON.stringify(line), (each) => each === line, BOUND_MS);
  }

  /** Sends a line and gives the first answer that starts with `beginning`. */
  async asks(line: string, beginning: string): Promise<string> {
    this.send(line);
    return this.heard.take(`${beginning}…`, (each) => each.startsWith(beginning), BOUND_MS);
  }

  close(): void {
    this.socket.close();
  }
}
