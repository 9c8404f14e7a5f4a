// Parses HTTP on connections that the link listener accepted. Closes slow connections and oversized requests.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { hasManyHosts } from '../net/gate/http-guard.js';
import { LIMITS } from '../../protocols/kit/limits.js';

export type { IncomingMessage, ServerResponse } from 'node:http';

export type OnRequest = (request: IncomingMessage, response: ServerResponse, peerKey: string) => void;

/** `requestMs`: time for a whole request to arrive. `idleMs`: time without any byte in or out. */
export interface HttpTimeouts {
  readonly requestMs: number;
  readonly idleMs: number;
}

const TIMEOUTS: HttpTimeouts = { requestMs: LIMITS.postRequestMs, idleMs: LIMITS.postStallMs };

export class HttpListener {
  private readonly server: Server;
  private readonly peers = new WeakMap<object, string>();
  private readonly sockets = new Set<TLSSocket>();

  constructor(onRequest: OnRequest, { requestMs, idleMs: stillMs }: HttpTimeouts = TIMEOUTS) {
    this.server = createServer(
      {
        maxHeaderSize: LIMITS.postHeaderBytes,
        headersTimeout: requestMs,
        requestTimeout: requestMs,
        keepAliveTimeout: requestMs,
        connectionsCheckingInterval: requestMs / 2,
      },
      (request, response) => {
        const peerKey = this.peers.get(request.socket);
        if (peerKey === undefined) request.socket.destroy();
        else if (hasManyHosts(request)) response.writeHead(400, { 'Content-Length': 0 }).end();
        else onRequest(request, response, peerKey);
      },
    );
    this.server.timeout = stillMs;
    this.server.on('clientError', (_, socket) => socket.destroy());
    // The sockets come from another listener. Only this event makes the server look for slow requests.
    this.server.emit('listening');
  }

  /** False if the bound of connections is reached, in all or for this peer. */
  accept(socket: TLSSocket, peerKey: string): boolean {
    const ofPeer = [...this.sockets].filter((known) => this.peers.get(known) === peerKey).length;
    if (this.sockets.size >= LIMITS.postConnectionsMax || ofPeer >= LIMITS.postConnectionsPerPeer) return false;
    this.peers.set(socket, peerKey);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    this.server.emit('connection', socket);
    socket.resume(); // a knock before has left it paused
    return true;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close(() => undefined); // the only error is that it never listened
  }
}
