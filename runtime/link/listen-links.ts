// Listens for links (protocols/links): one TCP port, mutual TLS 1.3, frames or HTTP by ALPN, with bounds on strangers.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import { endpointText, plainHost, type Endpoint } from '../net/endpoint.js';
import { ConnectionGate, connectionNameOf } from '../net/gate/connection-gate.js';
import { operationalError, type AdvisedFlags } from '../operational-error.js';
import type { Certificate } from './certificate.js';
import { LinkSocket } from './link-socket.js';
import { HTTP_PROTOCOL, LINK_PROTOCOL, MUTUAL_TLS, peerKeyOf, tlsOptions } from './tls-options.js';

/** Why a connection was closed without an answer. */
export type LinkRefusal = 'crowded' | 'handshake' | 'certificate' | 'protocol';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly certificate: Certificate;
  /** The flags that choose the address. */
  readonly flags?: AdvisedFlags;
  /** The ALPN protocol. Absent: the protocol of devices. */
  readonly protocol?: string;
  readonly onLink: (link: LinkSocket) => void;
  /** For counting. */
  readonly onRefused?: (why: LinkRefusal) => void;
  /**
   * Takes HTTP connections; `peerKey` as in LinkSocket. The callback calls `onAdmitted` when the peer is known. Absent:
   * HTTP is refused.
   */
  readonly onHttp?: (socket: TLSSocket, peerKey: string, onAdmitted: () => void) => void;
}

export interface LinkListener {
  readonly endpoint: Endpoint;
  /** Stops listening and closes every open connection but these links. */
  close(kept?: readonly LinkSocket[]): Promise<void>;
}

/** Throws OperationalError if the port is not available. */
export async function listenLinks(options: ListenOptions): Promise<LinkListener> {
  const acceptor = new ConnectionAcceptor(options);
  const server = createServer({ noDelay: true }, (socket) => acceptor.accept(socket));
  await listening(server, options);
  server.on('error', () => options.onRefused?.('crowded')); // no file descriptor was left
  const { port } = server.address() as AddressInfo;
  return { endpoint: { host: options.host, port }, close: (kept = []) => closed(server, acceptor, kept) };
}

function listening(server: Server, { host, port, flags }: ListenOptions): Promise<void> {
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

/** Takes a connection from TCP through TLS to the callback for its protocol. */
class ConnectionAcceptor {
  /** Bounds the connections whose peers have not been admitted [LINK-20]. */
  private readonly gate: ConnectionGate;
  /** What to do when the TLS of a connection is finished, by the name of the connection. */
  private readonly arriving = new Map<string, () => void>();
  private readonly connections = new Set<Socket>();
  private readonly tls: TlsServer;

  constructor(private readonly options: ListenOptions) {
    const protocols = { ALPNProtocols: [this.protocol, HTTP_PROTOCOL] };
    const waitingMax = LIMITS.linkWaitingMax;
    this.gate = new ConnectionGate({ waitingMax, connectionsMax: LIMITS.linksMax + waitingMax }, () =>
      options.onRefused?.('crowded'),
    );
    this.tls = createTlsServer({ ...tlsOptions(options.certificate), ...MUTUAL_TLS, ...protocols });
    this.tls.on('secureConnection', (socket) => this.admit(socket));
    this.tls.on('tlsClientError', () => options.onRefused?.('handshake'));
  }

  private get protocol(): string {
    return this.options.protocol ?? LINK_PROTOCOL;
  }

  accept(socket: Socket): void {
    if (!this.gate.enter(socket)) return;
    this.watch(socket);
    this.tls.emit('connection', socket);
  }

  closeAllBut(kept: readonly LinkSocket[]): void {
    const names = new Set(kept.map(({ remote }) => `${remote.host}|${remote.port}`));
    for (const socket of this.connections) {
      const isKept = names.has(`${plainHost(socket.remoteAddress ?? '')}|${socket.remotePort ?? 0}`);
      if (!isKept) socket.destroy();
    }
  }

  /** The whole handshake has one time limit, so a peer that sends single bytes gains nothing. */
  private watch(socket: Socket): void {
    const name = connectionNameOf(socket);
    const timer = setTimeout(() => socket.destroy(), LIMITS.linkHandshakeMs);
    const arrived = () => {
      if (this.arriving.delete(name)) clearTimeout(timer);
    };
    this.arriving.set(name, arrived);
    this.connections.add(socket);
    socket.once('close', () => {
      arrived();
      this.connections.delete(socket);
    });
  }

  private admit(socket: TLSSocket): void {
    socket.on('error', () => undefined); // 'close' follows
    const name = connectionNameOf(socket);
    this.arriving.get(name)?.();
    const peerKey = peerKeyOf(socket);
    if (peerKey === null) return this.refuse(socket, 'certificate');
    const onAdmitted = (): void => this.gate.admit(name);
    if (socket.alpnProtocol === this.protocol) this.options.onLink(new LinkSocket(socket, peerKey, onAdmitted));
    else if (socket.alpnProtocol === HTTP_PROTOCOL && this.options.onHttp)
      this.options.onHttp(socket, peerKey, onAdmitted);
    else this.refuse(socket, 'protocol');
  }

  private refuse(socket: Socket, why: LinkRefusal): void {
    socket.destroy();
    this.options.onRefused?.(why);
  }
}
