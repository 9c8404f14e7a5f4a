// A UDP socket for one other address. The host drops datagrams of all others, whatever spelling of the address was
// typed, and reports what could not be sent or has no receiver.

import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { plainBytes } from '../../plain-bytes.js';
import { operationalError } from '../../operational-error.js';
import { endpointText, type Endpoint } from '../endpoint.js';

export interface DatagramConnectionOptions {
  /** An IP address and port. */
  readonly to: Endpoint;
  readonly onDatagram: (bytes: Uint8Array) => void;
  /** A datagram was lost: no program listens there, it is too long, or the network is down. */
  readonly onTrouble: (error: Error) => void;
}

export interface DatagramConnection {
  send(bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Throws OperationalError if this computer has no way to the address. */
export async function connectDatagrams(options: DatagramConnectionOptions): Promise<DatagramConnection> {
  const { to, onDatagram, onTrouble } = options;
  const type = isIPv6(to.host) ? 'udp6' : 'udp4';
  const socket = createSocket({ type, lookup: (host, _options, found) => found(null, host, type === 'udp6' ? 6 : 4) });
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => reject(operationalError(endpointText(to), error));
    socket.once('error', failed);
    socket.connect(to.port, to.host, (error?: Error) => {
      socket.off('error', failed);
      if (error) failed(error);
      else resolve();
    });
  });
  socket.on('error', onTrouble);
  socket.on('message', (bytes) => onDatagram(plainBytes(bytes)));
  return {
    send: (bytes) => socket.send(bytes, (error) => (error ? onTrouble(error) : undefined)),
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}
