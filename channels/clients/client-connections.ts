// All client connections: their frames become inputs, and the frames for a client in one tick leave together [CHAN-11].

import type { WebSocket } from 'ws';
import type { ChannelServerFrame } from '../../protocols/channels/client-protocol.js';
import type { RelayInput } from '../../protocols/channels/relay/io.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { UnsentBytes, type CountedConnection } from '../../runtime/net/gate/unsent-bytes.js';
import type { LineConnection } from '../../runtime/net/line-listener.js';
import type { ClientConnection } from './client-connection.js';
import { LineClientConnection } from './line-client-connection.js';
import { SharedFrame } from './shared-frame.js';
import { SocketClientConnection, type SocketPlace } from './socket-client-connection.js';
import { WriteBatch } from './write-batch.js';

interface ConnectedClient {
  readonly connection: ClientConnection;
  readonly queue: CountedConnection;
  /** null: no frame for this client in the current tick yet. */
  batch: WriteBatch | null;
}

/** Where a connection comes from. `address`: without port. `exporter`: of TLS 1.3, or null. */
export interface ConnectionOrigin {
  readonly address: string;
  readonly exporter: string | null;
}

/** A connection that has not been given its callbacks yet. */
type OpeningConnection = ClientConnection & Pick<LineClientConnection, 'start'>;

export class ClientConnections {
  private readonly clients = new Map<number, ConnectedClient>();
  private lastClient = 0;
  private isPaused = false;
  private isClosing = false;
  private emptyBatch = WriteBatch.empty();
  private pending: ConnectedClient[] = [];
  /** The number of connections that were cut because they read too slowly. */
  slow = 0;

  private readonly unsent: UnsentBytes;

  /** `areNetworksLimited`: false for no bound on the unsent bytes of one network. */
  constructor(
    private readonly put: (input: RelayInput) => void,
    areNetworksLimited: boolean,
  ) {
    const perNetworkMax = areNetworksLimited ? LIMITS.channelQueueBytesPerNetwork : Infinity;
    this.unsent = new UnsentBytes({ perNetworkMax, inAllMax: LIMITS.channelQueueBytesInAll });
  }

  get count(): number {
    return this.clients.size;
  }

  addSocket(socket: WebSocket, place: SocketPlace, origin: ConnectionOrigin): void {
    this.add(new SocketClientConnection(socket, place), origin);
  }

  addLine(line: LineConnection): void {
    this.add(new LineClientConnection(line), { address: line.address, exporter: null });
  }

  /** The frame leaves at the end of this tick, together with the other frames for the client. */
  send(clients: readonly number[], frame: ChannelServerFrame): void {
    if (this.pending.length === 0) process.nextTick(() => this.flush());
    const shared = new SharedFrame(frame);
    for (const number of clients) {
      const client = this.clients.get(number);
      if (client === undefined) continue;
      if (client.batch === null) this.pending.push(client);
      client.batch = (client.batch ?? this.emptyBatch).and(shared);
      if (frame.type === 'welcome') client.connection.allowLargeFrames();
    }
  }

  /** Closes after the frames sent before have left. */
  close(number: number): void {
    const client = this.clients.get(number);
    if (client === undefined) return;
    this.write(client);
    client.connection.close();
  }

  /** `true`: stops reading, because too many inputs wait. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    for (const { connection } of this.clients.values()) {
      if (isPaused) connection.pause();
      else connection.resume();
    }
  }

  closeAll(): void {
    this.isClosing = true;
    for (const { connection } of this.clients.values()) {
      connection.close();
      setTimeout(() => connection.destroy(), LIMITS.sessionCloseMs).unref();
    }
  }

  private add(connection: OpeningConnection, { address, exporter }: ConnectionOrigin): void {
    if (this.isClosing) return connection.destroy();
    this.lastClient += 1;
    const client = this.lastClient;
    const queue = this.queueOf(connection, networkPrefixOf(address));
    this.unsent.entered(queue);
    this.clients.set(client, { connection, queue, batch: null });
    connection.start({
      onText: (text) => this.receive(client, text),
      onClosed: () => this.closed(client),
    });
    if (this.isPaused) connection.pause();
    this.put({ type: 'client_opened', client, address, exporter });
  }

  private receive(client: number, text: string | null): void {
    this.put({ type: 'client_frame', client, frame: text === null ? undefined : parseJson(text) });
  }

  private closed(client: number): void {
    const known = this.clients.get(client);
    if (known === undefined) return;
    this.clients.delete(client);
    this.unsent.left(known.queue);
    this.put({ type: 'client_closed', client });
  }

  private flush(): void {
    const { pending } = this;
    this.pending = [];
    this.emptyBatch = WriteBatch.empty();
    for (const client of pending) this.write(client);
  }

  /** Only bytes of earlier ticks count as unread: one large batch is not the client's fault. */
  private write(client: ConnectedClient): void {
    const { connection, queue, batch } = client;
    if (batch === null) return;
    client.batch = null;
    if (connection.waitingBytes > LIMITS.channelClientQueueBytes) return queue.cut();
    const bytes = batch.bytes(connection.transport);
    connection.write(bytes);
    this.unsent.wrote(queue, bytes.length);
  }

  private queueOf(connection: ClientConnection, network: string): CountedConnection {
    const cut = (): void => {
      this.slow += 1;
      connection.destroy();
    };
    return {
      network,
      cut,
      get unsentBytes() {
        return connection.waitingBytes;
      },
    };
  }
}
