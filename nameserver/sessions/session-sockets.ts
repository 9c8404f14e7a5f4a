// The WebSockets of client sessions: incoming frames become inputs, outgoing frames become text. Closes slow readers
// and flooding clients, and pauses reading under backlog.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { parseJson } from '../../protocols/kit/bytes.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';
import { TokenBucket } from '../../protocols/kit/bounds/token-bucket.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { ServerFrame } from '../../protocols/session/messages.js';
import { limitBytesRead } from '../../runtime/net/gate/read-limit.js';
import { UnsentBytes, type CountedConnection } from '../../runtime/net/gate/unsent-bytes.js';
import { clock } from '../../runtime/sources.js';
import type { Metrics } from '../metrics.js';
import type { ClientSocket, ServerInput } from '../io.js';

export interface SessionSocketsOptions {
  readonly put: (input: ServerInput) => void;
  readonly metrics: () => Metrics;
  /** Called when a session opens or closes. */
  readonly onCount: (sessions: number) => void;
  /** False: the unsent bytes of one network have no bound. */
  readonly areNetworksLimited: boolean;
}

interface SessionSocket {
  readonly socket: WebSocket;
  /** Called when the client has proven its device. Until then it may send only a few bytes [SESS-5]. */
  readonly prove: () => void;
  readonly frameRate: TokenBucket;
  readonly queue: CountedConnection;
}

/** `below`: the stream under the WebSocket. `admit`: tells the listener that the client has proven its device. */
export interface SocketStream {
  readonly below: Duplex;
  readonly admit: () => void;
}

const GOING_AWAY = 1001;
const CLOSING = 2;

export class SessionSockets {
  private readonly sessions = new Map<number, SessionSocket>();
  /** Sockets that were cut off, and counted. Errors may follow. */
  private readonly cut = new WeakSet<WebSocket>();
  private lastSession = 0;
  private isPaused = false;
  private isClosing = false;
  /** The serialized last frame: most frames go to many sessions in a row. */
  private lastSent: { frame: ServerFrame; text: string } | null = null;

  private readonly unsent: UnsentBytes;

  constructor(private readonly options: SessionSocketsOptions) {
    const perNetworkMax = options.areNetworksLimited ? LIMITS.sessionQueueBytesPerNetwork : Infinity;
    this.unsent = new UnsentBytes({ perNetworkMax, inAllMax: LIMITS.sessionQueueBytesInAll });
  }

  get count(): number {
    return this.sessions.size;
  }

  add(socket: WebSocket, client: ClientSocket, { below, admit }: SocketStream): void {
    if (this.isClosing) return socket.terminate();
    this.lastSession += 1;
    const session = this.lastSession;
    const frameRate = new TokenBucket(LIMITS.framesPerSession, clock.now());
    const liftLimit = limitBytesRead(below, LIMITS.sessionHandshakeBytes, () => {
      if (socket.readyState !== CLOSING) this.cutOff({ socket }, 'oversized');
    });
    const prove = (): void => {
      liftLimit();
      admit();
    };
    const queue = this.queueOf(socket, networkPrefixOf(client.address));
    this.unsent.entered(queue);
    this.sessions.set(session, { socket, prove, frameRate, queue });
    socket.on('message', (data, isBinary) => this.receive(session, data as Buffer, isBinary));
    socket.on('close', () => this.closed(session));
    if (this.isPaused) socket.pause();
    this.options.put({ type: 'opened', session, ...client });
    this.options.onCount(this.count);
  }

  /** Handles a broken socket or a WebSocket protocol error. The `close` event follows. */
  readonly failed = (error: Error & { code?: string }, socket: WebSocket): void => {
    if (this.cut.has(socket)) return;
    const isLarge = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (error.code?.startsWith('WS_ERR')) this.options.metrics().frameDropped(isLarge ? 'oversized' : 'malformed');
    else socket.terminate();
  };

  send(session: number, frame: ServerFrame): void {
    const known = this.sessions.get(session);
    if (known === undefined) return;
    if (frame.type === 'welcome') known.prove();
    const text = this.textOf(frame);
    known.socket.send(text);
    this.options.metrics().frameSent(frame);
    if (known.socket.bufferedAmount > LIMITS.sessionQueueBytes) this.cutOff(known, 'slow');
    else this.unsent.wrote(known.queue, text.length);
  }

  /** Closes after the frames sent before are flushed. */
  close(session: number): void {
    const socket = this.sessions.get(session)?.socket;
    socket?.close();
    // Bounds the wait for a client that does not answer the close.
    setTimeout(() => socket?.terminate(), LIMITS.closeTimeoutMs).unref();
  }

  /** `true` stops reading from all sockets: too many inputs are pending. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    for (const { socket } of this.sessions.values()) {
      if (isPaused) socket.pause();
      else socket.resume();
    }
  }

  /** Closes all sockets, and terminates those that do not answer. All sessions count as closed at once. */
  closeAll(): void {
    this.isClosing = true;
    for (const [session, { socket }] of this.sessions) {
      socket.close(GOING_AWAY);
      setTimeout(() => socket.terminate(), LIMITS.sessionCloseMs).unref();
      this.closed(session);
    }
  }

  private receive(session: number, data: Buffer, isBinary: boolean): void {
    const known = this.sessions.get(session);
    if (known === undefined) return;
    if (!known.frameRate.take(clock.now())) return this.cutOff(known, 'flood');
    this.options.put({ type: 'frame', session, frame: this.readFrame(data, isBinary) });
  }

  private queueOf(socket: WebSocket, network: string): CountedConnection {
    const cut = (): void => this.cutOff({ socket }, 'slow');
    return {
      network,
      cut,
      get unsentBytes() {
        return socket.bufferedAmount;
      },
    };
  }

  private cutOff({ socket }: Pick<SessionSocket, 'socket'>, why: 'slow' | 'flood' | 'oversized'): void {
    this.cut.add(socket);
    this.options.metrics().frameDropped(why);
    socket.terminate();
  }

  private readFrame(data: Buffer, isBinary: boolean): unknown {
    const frame = isBinary ? undefined : parseJson(data.toString());
    if (frame === undefined) this.options.metrics().frameDropped(isBinary ? 'binary' : 'malformed');
    return frame;
  }

  private closed(session: number): void {
    const known = this.sessions.get(session);
    if (known === undefined) return;
    this.sessions.delete(session);
    this.unsent.left(known.queue);
    this.options.put({ type: 'closed', session });
    this.options.onCount(this.count);
  }

  private textOf(frame: ServerFrame): string {
    if (this.lastSent?.frame !== frame) this.lastSent = { frame, text: JSON.stringify(frame) };
    return this.lastSent.text;
  }
}
