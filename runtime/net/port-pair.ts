// One port number for two sockets: TCP for links and UDP for quick messages. So one endpoint is enough for both.

import { LIMITS } from '../../protocols/kit/limits.js';
import { listenKnocks, type KnockListenOptions } from '../link/listen-knocks.js';
import type { LinkSocket } from '../link/link-socket.js';
import type { LinkListener } from '../link/tls-listener.js';
import { OperationalError } from '../operational-error.js';
import { bindDatagrams, type DatagramOptions, type DatagramSocket } from './datagram-socket.js';
import type { Endpoint } from './endpoint.js';

export type PortPairOptions = KnockListenOptions & DatagramOptions;

export interface PortPair {
  readonly endpoint: Endpoint;
  send: DatagramSocket['send'];
  /** Closes both sockets and every open link but these. */
  close(kept?: readonly LinkSocket[]): Promise<void>;
}

/**
 * Opens both sockets; with port 0, on any number that is free for both. Throws OperationalError where that is
 * impossible.
 */
export async function openPortPair(options: PortPairOptions): Promise<PortPair> {
  for (let tried = 1; ; tried += 1) {
    const links = await listenKnocks(options);
    const datagrams = await bindBeside(links, options);
    if (!(datagrams instanceof OperationalError)) return joined(links, datagrams);
    await links.close();
    if (options.port !== 0 || tried >= LIMITS.portPairAttempts) throw datagrams;
  }
}

/** The UDP socket on the port of the TCP listener, or the error. */
async function bindBeside(links: LinkListener, options: PortPairOptions): Promise<DatagramSocket | OperationalError> {
  try {
    return await bindDatagrams({ ...options, port: links.endpoint.port });
  } catch (error) {
    if (error instanceof OperationalError) return error;
    throw error;
  }
}

function joined(links: LinkListener, datagrams: DatagramSocket): PortPair {
  return {
    endpoint: links.endpoint,
    send: (to, bytes) => datagrams.send(to, bytes),
    close: async (kept = []) => {
      await Promise.all([links.close(kept), datagrams.close()]);
    },
  };
}
