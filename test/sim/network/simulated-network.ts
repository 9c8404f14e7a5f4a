// The simulated network: its model, all connections, listening clients by address, and the name servers.

import type { Endpoint } from '../../../client/engine/core/endpoint.js';
import type { Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import type { ClientSocket } from '../../../nameserver/io.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { SimulatedConnection, ConnectionEnd } from './simulated-connection.js';
import { ConnectionRegistry } from './connection-registry.js';
import type { NetworkModel, RunContext } from './network-model.js';

/** A client that accepts connections and datagrams. */
export interface NetworkListener {
  readonly node: string;
  readonly device: string;
  readonly endpoint: Endpoint;
  /** False behind a router that blocks incoming connections. */
  readonly takesDials: boolean;
  /** A caller proved a device. `admit`: called if the client admits the caller. */
  knocked(device: string, record: Signed, admit: () => void): void;
  /** Accepts a connection: gives the local end, and a callback for when the connection is open. */
  accept(
    from: Endpoint,
    peerKey: string,
    exported: Uint8Array,
  ): { end: ConnectionEnd; opened: (connection: SimulatedConnection) => void };
  datagram(from: Endpoint, bytes: Uint8Array): void;
}

/** A name server while it runs. */
export interface ServerEndpoint {
  readonly node: string;
  accept(client: ClientSocket): { end: ConnectionEnd; opened: (connection: SimulatedConnection) => void };
  question(question: Question, reply: (answer: QuestionAnswer) => void): void;
}

export class SimulatedNetwork {
  readonly connections: ConnectionRegistry;
  /** The running name servers, by node. */
  readonly servers = new Map<string, ServerEndpoint>();
  /** Finds the server that answers when a client dials an origin. A world with several servers replaces it. */
  serverAt: (origin: string, client: string) => ServerEndpoint | null = () => [...this.servers.values()][0] ?? null;
  /** Gives the exporter of a new connection with a server. A world in which servers speak TLS replaces it. */
  freshExporter: () => string | null = () => null;
  private readonly listeners = new Map<string, NetworkListener>();

  constructor(readonly model: NetworkModel) {
    this.connections = new ConnectionRegistry(model);
  }

  get run(): RunContext {
    return this.model.run;
  }

  /** False if the address is in use. */
  listen(listener: NetworkListener): boolean {
    const key = keyOf(listener.endpoint);
    if (this.listeners.has(key)) return false;
    this.listeners.set(key, listener);
    return true;
  }

  unlisten(listener: NetworkListener): void {
    this.listeners.delete(keyOf(listener.endpoint));
  }

  at(endpoint: Endpoint): NetworkListener | null {
    return this.listeners.get(keyOf(endpoint)) ?? null;
  }
}

function keyOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
