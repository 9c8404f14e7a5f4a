// A TCP proxy between a client and its name server that can alter the bytes of the server.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Random } from '../../sim/kernel/random.js';
import { mutateBytes } from '../mutation/bytes.js';

export class TamperingProxy {
  /** Source of the alterations; null: bytes pass unchanged. */
  random: Random | null = null;
  private readonly sockets = new Set<Socket>();

  /** The port of this machine to which connections go. */
  target = 0;

  private constructor(private readonly server: Server) {}

  /** Listens. Its address is known before that of the server, which must name it as its own. */
  static async start(): Promise<TamperingProxy> {
    const server = createServer();
    const wire = new TamperingProxy(server);
    server.on('connection', (near) => wire.forward(near));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return wire;
  }

  /** The address for the client. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private forward(near: Socket): void {
    const far = connect({ host: '127.0.0.1', port: this.target });
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined); // 'close' follows
      socket.on('close', () => this.sockets.delete(socket));
    }
    near.pipe(far);
    far.on('data', (bytes: Buffer) => near.write(this.random ? mutateBytes(bytes, this.random) : bytes));
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  }
}
