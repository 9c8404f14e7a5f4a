// Listens for links of channel servers: mutual TLS 1.3, whose certificates prove both keys.

import type { AdvisedFlags } from '../operational-error.js';
import { LinkSocket } from './link-socket.js';
import type { Certificate } from './certificate.js';
import { listenTls, type LinkListener, type TlsConnection } from './tls-listener.js';
import { PEER_PROTOCOL, peerKeyOf, tlsOptions } from './tls-options.js';

export type { LinkListener } from './tls-listener.js';

/** Why a connection was closed without an answer. */
export type LinkRefusal = 'crowded' | 'handshake' | 'certificate' | 'protocol';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly certificate: Certificate;
  /** The flags that choose the address. */
  readonly flags?: AdvisedFlags;
  /** The ALPN protocol. Absent: the protocol of channel servers. */
  readonly protocol?: string;
  readonly onLink: (link: LinkSocket) => void;
  /** For counting. */
  readonly onRefused?: (why: LinkRefusal) => void;
}

/** Throws OperationalError if the port is not available. */
export function listenLinks(options: ListenOptions): Promise<LinkListener> {
  const { protocol = PEER_PROTOCOL, onLink, onRefused = () => undefined } = options;
  const terms = tlsOptions(options.certificate);
  const refuse = ({ socket }: TlsConnection, why: LinkRefusal): void => {
    socket.destroy();
    onRefused(why);
  };
  const onConnection = (connection: TlsConnection): void => {
    const { socket } = connection;
    connection.proven();
    const peerKey = peerKeyOf(socket);
    if (peerKey === null) return refuse(connection, 'certificate');
    if (socket.alpnProtocol !== protocol) return refuse(connection, 'protocol');
    onLink(new LinkSocket(socket, peerKey, connection.admitted));
  };
  return listenTls({ ...options, protocols: [protocol], certificate: () => terms, onConnection, onRefused });
}
