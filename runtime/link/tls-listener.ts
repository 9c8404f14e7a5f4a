// Listens on one TCP port and takes each connection through TLS 1.3, with bounds on connections that have proven
// nothing.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { Budget } from '../../protocols/kit/bounds/budget.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { endpointText, plainHost, type Endpoint } from '../net/endpoint.js';
import { ConnectionGate, connectionNameOf } from '../net/gate/connection-gate.js';
import { operationalError, type AdvisedFlags } from '../operational-error.js';
import { uptimeMs } from '../sources.js';
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
  /** Our certificate for the next connection. Called only when its first bytes are there [LINK-21]. */
  readonly certificate: () => SecureContextOptions;
  readonly onConnection: (connection: TlsConnection) => void;
  /** For counting: a connection was closed for lack of room, or before TLS was finished. */
  readonly onRefused: (why: 'crowded' | 'handshake') => void;
  /** Absent: the time since the start of the program. */
  readonly now?: () => number;
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
  /** Bounds the handshakes of callers that are not admitted [LINK-27]. */
  private readonly pace = Budget.ofNetworks(
    { each: LIMITS.linkHandshakesPerNetwork, all: LIMITS.linkHandshakesInAll },
    LIMITS.linkNetworksMax,
  );

  constructor(private readonly options: TlsListenerOptions) {
    const { protocols, onRefused } = options;
    const waitingMax = LIMITS.linkWaitingMax;
    this.gate = new ConnectionGate({ waitingMax, connectionsMax: LIMITS.linksMax + waitingMax }, () =>
      onRefused('crowded'),
    );
    this.tls = createTlsServer({ ...MUTUAL_TLS, ALPNProtocols: [...protocols] });
    this.tls.on('secureConnection', (socket) => this.secured(socket));
    this.tls.on('tlsClientError', () => onRefused('handshake'));
  }

  accept(socket: Socket): void {
    if (!this.gate.enter(socket)) return;
    this.watch(socket);
    socket.on('error', () => undefined); // 'close' follows
    socket.once('readable', () => this.beginTls(socket));
  }

  /** The first bytes are there. A certificate costs us far more than a TCP connection costs its caller. */
  private beginTls(socket: Socket): void {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || socket.readableLength === 0) return void socket.destroy();
    const waitMs = this.pace.spend(networkPrefixOf(remoteAddress), this.now());
    // The time limit of the connection goes on meanwhile [LINK-23].
    if (waitMs > 0) return void setTimeout(() => this.beginTls(socket), waitMs).unref();
    this.tls.setSecureContext(this.options.certificate());
    this.tls.emit('connection', socket);
  }

  private now(): number {
    return this.options.now?.() ?? uptimeMs();
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
    let isAdmitted = false;
    const admitted = (): void => {
      this.gate.admit(name);
      // The links of a friend must not use the budget up.
      if (!isAdmitted) this.pace.refund(networkPrefixOf(socket.remoteAddress ?? ''), this.now(), 1);
      isAdmitted = true;
    };
    this.options.onConnection({ socket, proven, admitted });
  }
}
