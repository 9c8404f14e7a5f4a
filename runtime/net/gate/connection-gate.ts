// Bounds the connections of a listener. A connection *waits* until its peer has proven something; then it is
// *admitted*. When too many wait, the oldest of the network with most of them is closed. So one network cannot keep
// others out, and a silent one only displaces itself.

import type { Socket } from 'node:net';
import { FairMap } from '../../../protocols/kit/bounds/fair-map.js';
import { networkPrefixOf } from '../../../protocols/kit/bounds/network-prefix.js';

export interface GateLimits {
  /** All connections, waiting or admitted. */
  readonly connectionsMax: number;
  readonly waitingMax: number;
}

export class ConnectionGate {
  private readonly waiting: FairMap<Socket>;
  private readonly admitted = new Map<string, Socket>();

  /** `onCrowded`: called for each connection that is closed for lack of room. */
  constructor(
    private readonly limits: GateLimits,
    private readonly onCrowded: () => void = () => undefined,
  ) {
    this.waiting = new FairMap(limits.waitingMax);
  }

  /** Takes a new connection. False, and it is destroyed, if there is no room or it was reset already. */
  enter(socket: Socket): boolean {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || !this.makeRoom()) {
      socket.destroy();
      return false;
    }
    const name = connectionNameOf(socket);
    this.close(this.waiting.put(name, socket, networkPrefixOf(remoteAddress))?.value);
    socket.once('close', () => {
      // Another connection may have the name by now.
      if (this.waiting.get(name) === socket) this.waiting.delete(name);
      if (this.admitted.get(name) === socket) this.admitted.delete(name);
    });
    return true;
  }

  /** The peer has proven something: the connection waits no longer. `name`: of `connectionNameOf`. */
  admit(name: string): void {
    const socket = this.waiting.get(name);
    if (socket === undefined) return;
    this.waiting.delete(name);
    this.admitted.set(name, socket);
  }

  private makeRoom(): boolean {
    if (this.waiting.size + this.admitted.size < this.limits.connectionsMax) return true;
    const oldest = this.waiting.nextEvicted();
    if (oldest === null) {
      this.onCrowded();
      return false;
    }
    this.waiting.delete(oldest.key);
    this.close(oldest.value);
    return true;
  }

  private close(socket: Socket | undefined): void {
    if (socket === undefined) return;
    socket.destroy();
    this.onCrowded();
  }
}

/** Names a connection by its remote end, which the streams above the socket share. */
export function connectionNameOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${socket.remoteAddress ?? ''}|${socket.remotePort ?? 0}`;
}
