// The UDP socket for quick messages: bounded datagrams in and out; whatever goes wrong on the way is a lost datagram.

import { createSocket, type Socket } from 'node:dgram';
import { isIP, isIPv4 } from 'node:net';
import { LIMITS } from '../../protocols/kit/limits.js';
import { plainBytes } from '../plain-bytes.js';
import { operationalError } from '../operational-error.js';
import { endpointText, plainHost, type Endpoint } from './endpoint.js';

export interface DatagramOptions {
  /** An IP address. `::` receives IPv4 too. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Gets every datagram of 1 to `datagramBytes` bytes; `from` is what it claims, and proves nothing. */
  readonly onDatagram: (from: Endpoint, bytes: Uint8Array) => void;
  /** One came that was empty or too large, or one could not leave. For counting. */
  readonly onDropped?: () => void;
}

export interface DatagramSocket {
  readonly endpoint: Endpoint;
  /** Sends and forgets. Hosts that are no IP address, and what finds the queue full, are dropped. */
  send(to: Endpoint, bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Binds; throws OperationalError where the port cannot be had. */
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

function bound(socket: Socket, { host, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(operationalError(endpointText({ host, port }), error)));
    socket.bind({ address: host, port, exclusive: true }, resolve);
  });
}

function maySend(socket: Socket, { host, port }: Endpoint, bytes: Uint8Array): boolean {
  const isSendable = isIP(host) !== 0 && port > 0 && port < 65_536 && bytes.length <= LIMITS.datagramBytes;
  return isSendable && socket.getSendQueueSize() < LIMITS.datagramQueueBytes;
}

/** How a socket for both families names an IPv4 host. */
function v6Host(host: string): string {
  return isIPv4(host) ? `::ffff:${host}` : host;
}

function dropped(options: DatagramOptions): (error: Error | null) => void {
  return (error) => {
    if (error) options.onDropped?.();
  };
}
