// The UDP socket for quick messages: bounded datagrams in and out. Every failure is a lost datagram.

import { createSocket, type Socket } from 'node:dgram';
import { isIP, isIPv4 } from 'node:net';
import { LIMITS } from '../../protocols/kit/limits.js';
import { plainBytes } from '../plain-bytes.js';
import { operationalError, type AdvisedFlags } from '../operational-error.js';
import { endpointText, plainHost, type Endpoint } from './endpoint.js';

export interface DatagramOptions {
  /** An IP address. `::` receives IPv4 too. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The flags that choose the address. */
  readonly flags?: AdvisedFlags;
  /** Gets every datagram of 1 to `datagramBytes` bytes. `from` may be forged. */
  readonly onDatagram: (from: Endpoint, bytes: Uint8Array) => void;
  /** A received datagram was empty or too large, or one could not be sent. For counting. */
  readonly onDropped?: () => void;
}

export interface DatagramSocket {
  readonly endpoint: Endpoint;
  /** Drops the datagram if the host is no IP address or the queue is full. */
  send(to: Endpoint, bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Throws OperationalError if the port is not available. */
export async function bindDatagrams(options: DatagramOptions): Promise<DatagramSocket> {
  const isV6 = options.host.includes(':');
  const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', ipv6Only: false });
  await bound(socket, options);
  socket.on('error', () => options.onDropped?.());
  socket.on('message', (bytes, { address, port }) => {
    if (bytes.length === 0 || bytes.length > LIMITS.datagramBytes) options.onDropped?.();
    else options.onDatagram({ host: plainHost(address), port }, plainBytes(bytes));
  });
  return {
    endpoint: { host: options.host, port: socket.address().port },
    send: (to, bytes) => {
      if (maySend(socket, to, bytes)) socket.send(bytes, to.port, isV6 ? v6Host(to.host) : to.host, dropped(options));
      else options.onDropped?.();
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function bound(socket: Socket, { host, port, flags }: DatagramOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(operationalError(endpointText({ host, port }), error, flags)));
    socket.bind({ address: host, port, exclusive: true }, resolve);
  });
}

function maySend(socket: Socket, { host, port }: Endpoint, bytes: Uint8Array): boolean {
  const isSendable = isIP(host) !== 0 && port > 0 && port < 65_536 && bytes.length <= LIMITS.datagramBytes;
  return isSendable && socket.getSendQueueSize() < LIMITS.datagramQueueBytes;
}

/** The name of an IPv4 host for a socket of both families. */
function v6Host(host: string): string {
  return isIPv4(host) ? `::ffff:${host}` : host;
}

function dropped(options: DatagramOptions): (error: Error | null) => void {
  return (error) => {
    if (error) options.onDropped?.();
  };
}
