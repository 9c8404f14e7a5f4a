// The page's connection to its server: one WebSocket with frames of JSON. It never throws: every failure is reported as
// `closed` or `refused`.

import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';

/** Exactly one of `closed` and `refused` is called, as the last call, even if the socket never opened. */
export interface PageSocketListener {
  opened(): void;
  /** The value of a frame; undefined if it was not JSON. */
  frame(frame: unknown): void;
  /** `reason`: half a sentence for the user. */
  closed(reason: string): void;
  refused(refusal: Refusal): void;
}

export interface PageSocket {
  /** Does nothing while the socket is not open. Closes the socket if the server reads too slowly. */
  send(frame: object): void;
  close(): void;
}

const PATH = 'v1/channels';
/** The close code of a server without channels (nameserver/rest/web-sockets). */
const CHANNELS_OFF = 4404;

/** `page`: the address of the page. The path of the socket is relative to it. */
export function openPageSocket(page: string, listener: PageSocketListener): PageSocket {
  const address = new URL(PATH, page);
  const socket = new WebSocket(address.href.replace(/^http/, 'ws'));
  let hasOpened = false;
  socket.onopen = () => {
    hasOpened = true;
    listener.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => listener.frame(valueOf(data));
  socket.onclose = ({ code }) => {
    if (code === CHANNELS_OFF) listener.refused(new Refusal('CHANNELS_OFF', address.host));
    else listener.closed(hasOpened ? 'the server closed the connection' : 'the server does not answer');
  };
  return { send: (frame) => send(socket, frame), close: () => socket.close() };
}

function valueOf(data: unknown): unknown {
  return typeof data === 'string' && data.length <= LIMITS.channelClientFrameBytes ? parseJson(data) : undefined;
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > LIMITS.channelClientQueueBytes) socket.close();
  else socket.send(JSON.stringify(frame));
}
