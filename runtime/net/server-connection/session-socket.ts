// The client side of a session with the name server, or of its channel connection: JSON frames over one WebSocket.
// Never throws: all trouble is `onClosed`.

import { WebSocket, type RawData } from 'ws';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { explainError } from '../../operational-error.js';
import { sessionExporter } from './session-exporter.js';

export interface SessionCallbacks {
  /** `exporter`: of the TLS connection, null without TLS 1.3. */
  onOpened(exporter: string | null): void;
  /** The value of a frame, or undefined if it was not JSON text. */
  onFrame(frame: unknown): void;
  /** Called once, last, also if the session never opened. `reason`: one line for the user. */
  onClosed(reason: string): void;
}

export interface SessionSocket {
  /** Ignored while not open. Ends the session if the server does not read. */
  send(frame: object): void;
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the session; `onClosed` follows. */
  close(): void;
}

/** The path of a WebSocket and the largest frame that the server sends on it. */
interface SocketRoute {
  readonly path: string;
  readonly frameBytes: number;
}

const SESSION: SocketRoute = { path: '/v1/session', frameBytes: LIMITS.sessionFrameBytes };
const CHANNELS: SocketRoute = { path: '/v1/channels', frameBytes: LIMITS.channelClientFrameBytes };

/**
 * Opens a session. `server`: the `http://` or `https://` address of the name server; `hello`: the parameters of the
 * request.
 */
export function openSession(
  server: string,
  hello: Readonly<Record<string, string>>,
  callbacks: SessionCallbacks,
): SessionSocket {
  const path = `${SESSION.path}?${new URLSearchParams(hello).toString()}`;
  return open(server, { ...SESSION, path }, callbacks);
}

/** Connects to the channels of that server by WebSocket. */
export function openChannelSocket(server: string, callbacks: SessionCallbacks): SessionSocket {
  return open(server, CHANNELS, callbacks);
}

function open(server: string, route: SocketRoute, callbacks: SessionCallbacks): SessionSocket {
  const socket = openSocket(server, route);
  if (!(socket instanceof WebSocket)) {
    setImmediate(() => callbacks.onClosed(socket.reason));
    return CLOSED;
  }
  listen(socket, server, callbacks);
  return {
    send: (frame) => send(socket, frame),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => close(socket),
  };
}

const NOTHING = (): void => undefined;
const CLOSED: SessionSocket = { send: NOTHING, pause: NOTHING, resume: NOTHING, close: NOTHING };

function openSocket(server: string, { path, frameBytes }: SocketRoute): WebSocket | { reason: string } {
  const address = `${server.replace(/^http/, 'ws').replace(/\/+$/, '')}${path}`;
  try {
    return new WebSocket(address, {
      maxPayload: frameBytes,
      perMessageDeflate: false,
      handshakeTimeout: LIMITS.serverAnswerMs,
    });
  } catch (error) {
    return { reason: explainError(error, server) }; // the address is not valid
  }
}

function listen(socket: WebSocket, server: string, callbacks: SessionCallbacks): void {
  let reason = 'the name server ended the session';
  let exporter: string | null = null;
  socket.on('upgrade', (response) => (exporter = sessionExporter(response.socket)));
  socket.on('open', () => callbacks.onOpened(exporter));
  socket.on('message', (data, isBinary) => callbacks.onFrame(isBinary ? undefined : parseJson(textFrom(data))));
  socket.on('error', (error) => (reason = explainError(error, server)));
  socket.on('close', () => callbacks.onClosed(reason));
}

/** `ws` delivers Buffers by default and has checked that the text is UTF-8. */
function textFrom(data: RawData): string {
  return data instanceof Buffer ? data.toString() : '';
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > LIMITS.sessionQueueBytes) socket.terminate();
  else socket.send(JSON.stringify(frame), NOTHING); // a failed write is followed by 'close'
}

function close(socket: WebSocket): void {
  if (socket.readyState === WebSocket.CLOSED) return;
  socket.close();
  const linger = setTimeout(() => socket.terminate(), LIMITS.closeTimeoutMs);
  socket.once('close', () => clearTimeout(linger));
}
