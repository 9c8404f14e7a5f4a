// The UDP socket of rooms, for many small datagrams at low cost. Every failure is a lost datagram.

import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { LIMITS } from '../../protocols/kit/limits.js';
import { plainBytes } from '../plain-bytes.js';
import { operationalError } from '../operational-error.js';
import { endpointText, plainHost, type Endpoint } from './endpoint.js';

export interface RoomSocketOptions {
  readonly host: string;
  readonly port: number;
  /** `from`: the claimed sender as `host:port`; it may be forged. */
  readonly onDatagram: (from: string, bytes: Uint8Array) => void;
}

export interface RoomSocket {
  readonly endpoint: Endpoint;
  /** The number of datagrams that could not be sent. */
  readonly lost: () => number;
  /** `to`: an IP address and port. */
  send(to: Endpoint, bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Throws OperationalError if the address is not available. */
export async function bindRoomSocket({ host, port, onDatagram }: RoomSocketOptions): Promise<RoomSocket> {
  const isV6 = host.includes(':');
  const socket = createSocket({
    type: isV6 ? 'udp6' : 'udp4',
    recvBufferSize: LIMITS.roomSocketBytes,
    sendBufferSize: LIMITS.roomSocketBytes,
    // Addresses are resolved once, before: the host need not look again at each datagram.
    lookup: (address, _options, found) => found(null, address, isV6 ? 6 : 4),
  });
  await bound(socket, { host, port });
  let lost = 0;
  socket.on('error', () => void (lost += 1));
  socket.on('message', (bytes, remote) => {
    onDatagram(`${plainHost(remote.address)}:${remote.port}`, plainBytes(bytes));
  });
  const noted = (error: Error | null): void => {
    if (error) lost += 1;
  };
  return {
    endpoint: { host, port: socket.address().port },
    lost: () => lost,
    send: (to, bytes) => {
      const isQueueFull = socket.getSendQueueSize() > LIMITS.datagramQueueBytes;
      if (isQueueFull || isIP(to.host) === 0) lost += 1;
      else socket.send(bytes, to.port, isV6 && isIP(to.host) === 4 ? `::ffff:${to.host}` : to.host, noted);
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

/** Resolves the host to an IP address. Throws OperationalError if that fails. */
export async function resolveEndpoint({ host, port }: Endpoint): Promise<Endpoint> {
  if (isIP(host) !== 0) return { host, port };
  try {
    return { host: (await lookup(host, { family: 4 })).address, port };
  } catch (error) {
    throw operationalError(host, error);
  }
}

function bound(socket: Socket, { host, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(operationalError(endpointText({ host, port }), error)));
    socket.bind({ address: host, port, exclusive: true }, resolve);
  });
}
