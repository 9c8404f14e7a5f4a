// Listens on one TCP port and takes each connection through TLS 1.3, with bounds on connections that have proven
// nothing.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import { endpointText, plainHost, type Endpoint } from '../net/endpoint.js';
import { ConnectionGate, connectionNameOf } from '../net/gate/connection-gate.js';
import { operationalError, type AdvisedFlags } from '../operational-error.js';
import type { LinkSocket } from './link-socket.js';
import { MUTUAL_TLS } from './tls-options.js';

/** A connection after TLS. It is closed `linkHandshakeMs` after it came, unless `proven` was called before. */
export interface TlsConnection {
  readonly socket: TLSSocket;
  /** The connection has no time limit any more. */
  readonly proven: () => void;
  /** The peer is known: the connection does not wait any more [LINK-20]. */
  readonly admitted: () => void;
}

export interface TlsListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The flags that choose the address. */
  readonly flags?: AdvisedFlags;
  /** The ALPN protocols. */
  readonly protocols: readonly string[];
  /** Our certificate for the next connection. */
  readonly certificate: () => SecureContextOptions;
  readonly onConnection: (connection: TlsConnection) => void;
  /** For counting: a connection was closed for lack of room, or before TLS was finished. */
  readonly onRefused: (why: 'crowded' | 'handshake') => void;
}

export interface LinkListener {
  readonly endpoint: Endpoint;
  /** Stops listening and closes every open connection but these links. */
  close(kept?: readonly LinkSocket[]): Promise<void>;
}

/** Throws OperationalError if the port is not available. */
export async function listenTls(options: TlsListenerOptions): Promise<LinkListener> {
  const acceptor = new ConnectionAcceptor(options);
  const server = createServer({ noDelay: true }, (socket) => acceptor.accept(socket));
  await listening(server, options);
  server.on('error', () => options.onRefused('crowded')); // no file descriptor was left
  const { port } = server.address() as AddressInfo;
  return { endpoint: { host: options.host, port }, close: (kept = []) => closed(server, acceptor, kept) };
}

function listening(server: Server, { host, port, flags }: TlsListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(operationalError(endpointText({ host, port }), error, flags)));
    server.listen({ host, port }, resolve);
  });
}

function closed(server: Server, acceptor: ConnectionAcceptor, kept: readonly LinkSocket[]): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    acceptor.closeAllBut(kept);
    // The server reports its end only after its last connection. The port is free now.
    if (kept.length > 0) setImmediate(resolve);
  });
}

/** Takes a connection from TCP through TLS. */
class ConnectionAcceptor {
  /** Bounds the connections whose peers have not been admitted [LINK-20]. */
  private readonly gate: ConnectionGate;
  /** Ends the time limit of a connection, by the name of the connection. */
  private readonly limited = new Map<string, () => void>();
  private readonly connections = new Set<Socket>();
  private readonly tls: TlsServer;

  constructor(private readonly options: TlsListenerOptions) {
    const { protocols, certificate, onRefused } = options;
    const waitingMax = LIMITS.linkWaitingMax;
    this.gate = new ConnectionGate({ waitingMax, connectionsMax: LIMITS.linksMax + waitingMax }, () =>
      onRefused('crowded'),
    );
    this.tls = createTlsServer({ ...certificate(), ...MUTUAL_TLS, ALPNProtocols: [...protocols] });
    this.tls.on('secureConnection', (socket) => this.secured(socket));
    this.tls.on('tlsClientError', () => onRefused('handshake'));
  }

  accept(socket: Socket): void {
    if (!this.gate.enter(socket)) return;
    this.watch(socket);
    this.tls.setSecureContext(this.options.certificate());
    this.tls.emit('connection', socket);
  }

  closeAllBut(kept: readonly LinkSocket[]): void {
    const names = new Set(kept.map(({ remote }) => `${remote.host}|${remote.port}`));
    for (const socket of this.connections) {
      const isKept = names.has(`${plainHost(socket.remoteAddress ?? '')}|${socket.remotePort ?? 0}`);
      if (!isKept) socket.destroy();
    }
  }

  /** TLS and proof together have one time limit, so a peer that sends single bytes gains nothing. */
  private watch(socket: Socket): void {
    const name = connectionNameOf(socket);
    const timer = setTimeout(() => socket.destroy(), LIMITS.linkHandshakeMs);
    const end = () => {
      if (this.limited.delete(name)) clearTimeout(timer);
    };
    this.limited.set(name, end);
    this.connections.add(socket);
    socket.once('close', () => {
      end();
      this.connections.delete(socket);
    });
  }

  private secured(socket: TLSSocket): void {
    socket.on('error', () => undefined); // 'close' follows
    const name = connectionNameOf(socket);
    const proven = (): void => this.limited.get(name)?.();
    this.options.onConnection({ socket, proven, admitted: () => this.gate.admit(name) });
  }
}
