// All visitors at the doors: frames in as inputs; what they are told in one turn leaves together [CHAN-11].

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ChannelServerFrame } from '../../protocols/channels/client-protocol.js';
import type { RelayInput } from '../../protocols/channels/relay/io.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { LineConnection } from '../../runtime/net/line-listener.js';
import type { ClientConnection } from './client-connection.js';
import { LineClientConnection } from './line-client-connection.js';
import { SharedFrame } from './shared-frame.js';
import { SocketClientConnection } from './socket-client-connection.js';
import { WriteBatch } from './write-batch.js';

interface ConnectedClient {
  readonly connection: ClientConnection;
  /** null: nothing was told in this turn yet. */
  tail: WriteBatch | null;
}

/** How a visitor begins: the connection, with its callbacks still to be given. */
type OpeningConnection = ClientConnection & Pick<LineClientConnection, 'start'>;

export class ClientConnections {
  private readonly visitors = new Map<number, ConnectedClient>();
  private lastVisitor = 0;
  private isPaused = false;
  private isClosing = false;
  private nothing = WriteBatch.empty();
  private told: ConnectedClient[] = [];
  /** Connections that were cut because they did not read. */
  slow = 0;

  constructor(private readonly put: (input: RelayInput) => void) {}

  get count(): number {
    return this.visitors.size;
  }

  /** `below`: what the WebSocket speaks over. `address`: without port. */
  addSocket(socket: WebSocket, below: Duplex, address: string): void {
    this.add(new SocketClientConnection(socket, below), address);
  }

  addLine(line: LineConnection): void {
    this.add(new LineClientConnection(line), line.address);
  }

  /** Leaves at the end of this turn, with whatever else they are told. */
  tell(visitors: readonly number[], frame: ChannelServerFrame): void {
    if (this.told.length === 0) process.nextTick(() => this.flush());
    const shared = new SharedFrame(frame);
    for (const number of visitors) {
      const visitor = this.visitors.get(number);
      if (visitor === undefined) continue;
      if (visitor.tail === null) this.told.push(visitor);
      visitor.tail = (visitor.tail ?? this.nothing).and(shared);
      if (frame.type === 'welcome') visitor.connection.widen();
    }
  }

  /** Closes after what was told has left. */
  close(number: number): void {
    const visitor = this.visitors.get(number);
    if (visitor === undefined) return;
    this.write(visitor);
    visitor.connection.close();
  }

  /** `true`: read nothing, too much waits to be handled. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    for (const { connection } of this.visitors.values()) {
      if (isPaused) connection.pause();
      else connection.resume();
    }
  }

  closeAll(): void {
    this.isClosing = true;
    for (const { connection } of this.visitors.values()) {
      connection.close();
      setTimeout(() => connection.destroy(), LIMITS.sessionGoodbyeMs).unref();
    }
  }

  private add(connection: OpeningConnection, address: string): void {
    if (this.isClosing) return connection.destroy();
    this.lastVisitor += 1;
    const visitor = this.lastVisitor;
    this.visitors.set(visitor, { connection, tail: null });
    connection.start({
      onText: (text) => this.hear(visitor, text),
      onClosed: () => this.closed(visitor),
    });
    if (this.isPaused) connection.pause();
    this.put({ kind: 'visitor_opened', visitor, address });
  }

  private hear(visitor: number, text: string | null): void {
    this.put({ kind: 'visitor_frame', visitor, frame: text === null ? undefined : parseJson(text) });
  }

  private closed(visitor: number): void {
    if (this.visitors.delete(visitor)) this.put({ kind: 'visitor_closed', visitor });
  }

  private flush(): void {
    const { told } = this;
    this.told = [];
    this.nothing = WriteBatch.empty();
    for (const visitor of told) this.write(visitor);
  }

  /** What waits from earlier turns is what somebody did not read; a large turn alone is nobody's fault. */
  private write(visitor: ConnectedClient): void {
    const { connection, tail } = visitor;
    if (tail === null) return;
    visitor.tail = null;
    if (connection.waitingBytes <= LIMITS.channelClientQueueBytes) return connection.write(tail.bytes(connection.wire));
    this.slow += 1;
    connection.destroy();
  }
}
